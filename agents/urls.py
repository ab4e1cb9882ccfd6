"""The addresses of agents' pages."""

from django.urls import path, re_path

from .views.avatars import show_avatar
from .views.board import refresh_board, show_board, switch_agent
from .views.canned import replies
from .views.colleagues import show_colleagues
from .views.devices import show_devices, sign_out_this_device
from .views.everyone import show_everyone
from .views.files import give_file, take_file
from .views.history import show_earlier_chat, show_history
from .views.icon import show_icon
from .views.inbox import go_home, show_inbox
from .views.notifications import show_notifications
from .views.settings import show_settings
from .views.shortcuts import keep_shortcuts
from .views.sign_in import SignIn, SignOut
from .views.transcripts import download_transcript

urlpatterns = [
    path("", go_home, name="home"),
    path("inbox/", show_inbox, name="inbox"),
    path("inbox/everyone/", show_everyone, name="inbox-everyone"),
    path("inbox/replies/", replies, name="inbox-replies"),
    path("inbox/<uuid:public_id>/", show_inbox, name="inbox-chat"),
    path("inbox/<uuid:public_id>/transcript.txt", download_transcript, name="transcript"),
    path(
        "inbox/<uuid:public_id>/transcript.html",
        download_transcript,
        {"form": "html"},
        name="transcript-html",
    ),
    path(
        "inbox/<uuid:public_id>/transcript.json",
        download_transcript,
        {"form": "json"},
        name="transcript-json",
    ),
    path("inbox/<uuid:public_id>/colleagues/", show_colleagues, name="inbox-colleagues"),
    path("inbox/<uuid:public_id>/history/", show_history, name="inbox-history"),
    path("inbox/<uuid:public_id>/history/<uuid:earlier>/", show_earlier_chat, name="inbox-earlier-chat"),
    path("inbox/<uuid:public_id>/files/", take_file, name="inbox-files"),
    path("inbox/files/<uuid:public_id>/", give_file, name="inbox-file"),
    path("board/", show_board, name="board"),
    path("board/now/", refresh_board, name="board-now"),
    path("board/agents/<int:agent_id>/", switch_agent, name="board-agent"),
    path("settings/", show_settings, name="settings"),
    path("settings/notifications/", show_notifications, name="settings-notifications"),
    path("settings/shortcuts/", keep_shortcuts, name="shortcuts"),
    path("settings/devices/", show_devices, name="settings-devices"),
    path("settings/devices/<uuid:public_id>/", sign_out_this_device, name="settings-device"),
    re_path(r"^media/avatars/(?P<name>[0-9a-zA-Z_-]+\.webp)$", show_avatar, name="avatar"),
    path("favicon.ico", show_icon, name="icon"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
]
