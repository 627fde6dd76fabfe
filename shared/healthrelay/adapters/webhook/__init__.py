"""Signed webhooks: Standard Webhooks 1.0.0, to addresses that were looked at."""

from healthrelay.adapters.webhook.sender import Webhook
from healthrelay.adapters.webhook.signatures import mint

__all__ = ["Webhook", "mint"]
