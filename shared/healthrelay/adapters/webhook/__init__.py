"""Signed webhooks: Standard Webhooks 1.0.0, to addresses that were checked."""

from healthrelay.adapters.webhook.sender import WebhookTarget
from healthrelay.adapters.webhook.signing import mint

__all__ = ["WebhookTarget", "mint"]
