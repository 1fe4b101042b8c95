"""Phones whose secret is encrypted and whose backup codes are hashed; those there are come along."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from doudi.office.accounts.devices import hash_of_code, new_cipher


def take_over(apps: Any, schema_editor: Any) -> None:
    """Every confirmed phone with its codes; one that was only being set up is set up anew."""
    phones = apps.get_model("otp_totp", "TOTPDevice")
    codes = apps.get_model("otp_static", "StaticToken")
    authenticators = apps.get_model("accounts", "Authenticator")
    if schema_editor.connection.vendor == "sqlite":
        # Else what is deleted here could still be read from the file.
        schema_editor.execute("PRAGMA secure_delete = ON")
    for phone in phones.objects.filter(confirmed=True).order_by("pk"):
        of_this = codes.objects.filter(device__user_id=phone.user_id, device__confirmed=True)
        hashes = [
            hash_of_code(code, phone.user_id) for code in of_this.values_list("token", flat=True)
        ]
        authenticators.objects.update_or_create(
            user_id=phone.user_id,
            confirmed=True,
            defaults={
                "name": phone.name,
                "cipher": new_cipher(phone.user_id, bytes.fromhex(phone.key)),
                "last_t": phone.last_t,
                "drift": phone.drift,
                "backup_codes": hashes,
                "last_used_at": phone.last_used_at,
            },
        )
    phones.objects.all().delete()
    codes.objects.all().delete()
    apps.get_model("otp_static", "StaticDevice").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = (
        ("accounts", "0002_append_only"),
        ("otp_totp", "0003_add_timestamps"),
        ("otp_static", "0003_add_timestamps"),
    )

    operations = (
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The human-readable name of this device.", max_length=64
                    ),
                ),
                (
                    "confirmed",
                    models.BooleanField(default=True, help_text="Is this device ready for use?"),
                ),
                (
                    "throttling_failure_timestamp",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text=(
                            "A timestamp of the last failed verification attempt. "
                            "Null if last attempt succeeded."
                        ),
                        null=True,
                    ),
                ),
                (
                    "throttling_failure_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Number of successive failed attempts."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True,
                        help_text=(
                            "The date and time when this device was initially created "
                            "in the system."
                        ),
                        null=True,
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="The most recent date and time this device was used.",
                        null=True,
                    ),
                ),
                ("cipher", models.BinaryField()),
                ("last_t", models.BigIntegerField(default=-1)),
                ("drift", models.SmallIntegerField(default=0)),
                ("backup_codes", models.JSONField(default=list)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "confirmed"), name="one_phone_and_one_being_set_up"
                    )
                ],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    )
