"""Addresses that only the embedded mode has."""

from django.urls import path

from config.demo import views

urlpatterns = [
    path("", views.show_start, name="demo-start"),
    path("demo/sign-in/<str:token>/", views.sign_in, name="demo-sign-in"),
]
