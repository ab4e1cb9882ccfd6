"""Signing in and out."""

from django.contrib.auth import views
from django.urls import reverse


class SignIn(views.LoginView):
    """Leads back to where somebody was going, on this server only; else to the start page."""

    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return reverse("home")


class SignOut(views.LogoutView):
    """By POST only, so that no foreign page can do it."""

    http_method_names = ["post", "options"]
