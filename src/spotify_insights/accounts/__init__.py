"""Listeners, and the consent they gave at Spotify.

listeners   found, changed, told apart
grants      tokens: kept sealed, renewed, lent, ended
"""

from spotify_insights.accounts.grants import (
    API_DATA_KEPT,
    DEMO_TOKENS,
    add_demo_listener,
    disconnect,
    fresh_token,
    lend_token,
    mark_reconnect_required,
    require_connection,
    save_token,
    sign_in,
    users_with_ending_tokens,
)
from spotify_insights.accounts.listeners import (
    change,
    connected_users,
    get_user,
    import_target,
    list_users,
    lock_ledger,
    mark_polled,
    recognise,
    register,
    users_to_poll,
)

__all__ = [
    "API_DATA_KEPT",
    "DEMO_TOKENS",
    "add_demo_listener",
    "change",
    "connected_users",
    "disconnect",
    "fresh_token",
    "get_user",
    "import_target",
    "lend_token",
    "list_users",
    "lock_ledger",
    "mark_polled",
    "mark_reconnect_required",
    "recognise",
    "register",
    "require_connection",
    "save_token",
    "sign_in",
    "users_to_poll",
    "users_with_ending_tokens",
]
