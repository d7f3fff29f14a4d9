"""Automations of a county or province, applied from deploy/automations.yaml: upserted by name, as none is unique."""

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr, TypeAdapter, ValidationError

from flows.notifying import CountyNotification
from tasks.domain.errors import ConfigurationError, Place, Text

__all__ = ["NOTIFY", "apply_automations"]

# Addresses for notifications, one a line: saved to the county's notification block, not into any file.
NOTIFY = "XIANBAO_NOTIFY"
_OURS = "xianbao"


def apply_automations(
    client: SyncPrefectClient, wanted: list[dict[str, Any]], name: str, code: str, deployments: Mapping[str, UUID]
) -> tuple[list[str], list[str]]:
    """Create or update the automations of the county or province; return the names of those applied and left out.

    Left out are those that notify, while it has no notification block. Automations of its own that the file does not
    name any more, and doubles, are removed; `enabled` stays as an operator has set it.

    Raises:
        ConfigurationError: an address in XIANBAO_NOTIFY is not known.
    """
    block = _notification_block(client, code)
    owner = f"xianbao.county.{code}"
    held: dict[str, list[Any]] = {}
    for one in client.read_automations():
        if owner in one.tags:
            held.setdefault(one.name, []).append(one)
    applied: list[str] = []
    left_out: list[str] = []
    for entry in wanted:
        full_name = f"{entry['name']} · {name}"
        actions = [_action(one, deployments, block) for one in entry["actions"]]
        if None in actions:
            left_out.append(entry["name"])
            continue
        known = held.pop(full_name, [])
        automation = AutomationCore.model_validate(
            {
                **entry, "name": full_name, "actions": actions, "tags": [_OURS, owner],
                "enabled": known[0].enabled if known else entry.get("enabled", True),
            }
        )  # fmt: skip
        if known:
            client.update_automation(known[0].id, automation)
            for double in known[1:]:
                client.delete_automation(double.id)
        else:
            client.create_automation(automation)
        applied.append(entry["name"])
    for gone in (one for group in held.values() for one in group):
        client.delete_automation(gone.id)
    return applied, left_out


def _action(action: Mapping[str, Any], deployments: Mapping[str, UUID], block: UUID | None) -> dict[str, Any] | None:
    """Return an action with ids for names; None when it needs a notification block that there is not."""
    made = dict(action)
    if "deployment" in made:
        made["deployment_id"] = str(deployments[made.pop("deployment")])
    if "block" in made:
        if block is None:
            return None
        made.pop("block")
        made["block_document_id"] = str(block)
    return made


def _notification_block(client: SyncPrefectClient, code: str) -> UUID | None:
    """Return the id of the notification block, made or updated from XIANBAO_NOTIFY where that is set; None without."""
    name = f"notification-{code}"
    # Known to the server also while there is none: it can be filled in under Blocks in the UI.
    CountyNotification.register_type_and_schema(client=client)  # type: ignore[arg-type]
    addresses = os.environ.get(NOTIFY, "").strip()
    if addresses:
        try:
            block = CountyNotification(urls=SecretStr(addresses))
        except ValidationError as error:
            words = "; ".join(str(one["msg"]) for one in error.errors(include_input=False))
            raise ConfigurationError(
                "notify_address", Place(NOTIFY), Text(words, words),
                Text("请改正环境变量中的地址", "correct the addresses in the environment variable"),
            ) from error  # fmt: skip
        return TypeAdapter(UUID).validate_python(block.save(name, overwrite=True))
    try:
        found = client.read_block_document_by_name(name, CountyNotification._block_type_slug or "")
    except ObjectNotFound:
        return None
    return found.id
