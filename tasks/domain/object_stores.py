"""What an object store's refusal means for whoever runs the county, whichever library asked the store."""

from tasks.domain.errors import Place, Text, WarehouseError

__all__ = ["store_fault"]

_NO_BUCKET = ("nosuchbucket", "bucket does not exist")
# How object stores say it, and the libraries where they look for credentials and find none.
_REFUSED = (
    *("accessdenied", "access denied", "invalidaccesskeyid", "access key id you provided", "signaturedoesnotmatch"),
    *("request signature we calculated", "403 forbidden", "401 unauthorized", "forbidden", "expiredtoken"),
    *("169.254.169.254", "missing region", "unable to locate credentials", "partial credentials"),
)
_AWAY = (
    *("error sending request", "connection refused", "tcp connect error", "dns error", "timed out", "503 service"),
    *("could not connect to the endpoint", "timeout on endpoint", "connection was closed"),
)


def store_fault(address: str, error: Exception) -> WarehouseError | None:
    """Return what `error`, raised while asking for `address`, means; None where the store did what it should."""
    words, place = str(error).lower(), Place(address)
    if any(mark in words for mark in _NO_BUCKET):
        return WarehouseError(
            "no_bucket",
            place,
            Text("存储桶不存在", "the bucket does not exist"),
            Text(
                "先在对象存储上建立存储桶，或改正 county.toml [storage] 的地址",
                "make the bucket on the store first, or correct the address in [storage] of county.toml",
            ),
        )
    if isinstance(error, PermissionError) or any(mark in words for mark in _REFUSED):
        return WarehouseError(
            "store_refuses",
            place,
            Text("对象存储拒绝访问：账号、密钥或权限不对", "the object store refuses: account, key or permission"),
            Text(
                "检查环境变量 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY、AWS_REGION 和该账号的读写权限",
                "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION in the environment, and that the "
                "account may read and write there",
            ),
        )
    if any(mark in words for mark in _AWAY):
        return WarehouseError(
            "store_away",
            place,
            Text("对象存储连接不上", "the object store cannot be reached"),
            Text(
                "检查环境变量 AWS_ENDPOINT_URL 和网络，稍后再运行一次",
                "check AWS_ENDPOINT_URL in the environment and the network, then run again",
            ),
        )
    return None
