"""The block that carries notifications out of the house: e-mail, WeCom, DingTalk, Feishu and all that Apprise knows.

The server sends them itself, so they arrive when no worker is left; `flows.cli.serving` makes this class known to it.
"""

from apprise import Apprise, AppriseAsset
from prefect.blocks.notifications import AbstractAppriseNotificationBlock
from pydantic import Field, SecretStr, field_validator

__all__ = ["CountyNotification"]


class CountyNotification(AbstractAppriseNotificationBlock):
    """Notifications of a county (县报通知): one or more addresses that every notification goes to.

    One address a line, as Apprise writes them, e.g. `mailtos://user:password@mail.example.cn?to=a@example.cn`,
    `wecombot://KEY`, `dingtalk://SECRET@TOKEN`, `feishu://TOKEN`, `json://host/path`.
    """

    _block_type_name = "县报通知 County notification"
    _block_type_slug = "county-notification"
    _description = "E-mail, WeCom, DingTalk, Feishu and others · 邮件、企业微信、钉钉、飞书等，每行一个地址"

    urls: SecretStr = Field(
        title="地址 addresses",
        description="每行一个 · one a line: mailtos://用户:密码@服务器?to=…, wecombot://…, dingtalk://…, feishu://…",
    )

    @field_validator("urls")
    @classmethod
    def _known(cls, urls: SecretStr) -> SecretStr:
        """Refuse an address that Apprise does not know: it would be left out in silence; the secret is not repeated."""
        lines = _lines(urls)
        if not lines:
            raise ValueError("没有地址 · no address")
        for number, line in enumerate(lines, start=1):
            if Apprise.instantiate(line) is None:
                scheme = line.split("://")[0][:20]
                raise ValueError(f"第{number}行地址无法识别 · line {number} is no address Apprise knows ({scheme}://…)")
        return urls

    def block_initialization(self) -> None:
        """Open the addresses; messages carry the name of the project, in letters that HTTP headers can."""
        self._apprise_client = Apprise(asset=AppriseAsset(app_id="Xianbao", app_desc="Xianbao", app_url=""))
        for line in _lines(self.urls):
            self._apprise_client.add(line)


def _lines(urls: SecretStr) -> list[str]:
    return [line.strip() for line in urls.get_secret_value().splitlines() if line.strip()]
