"""Addresses are compared folded, in a column; one that two users have is found here and told."""

from collections import defaultdict

from django.db import migrations

import accounts.folding

MOST_TOLD = 10


def fold(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    holders: dict[str, list[str]] = defaultdict(list)
    for user in people.exclude(email="").only("pk", "username", "email").order_by("pk").iterator():
        address = accounts.folding.folded(user.email)
        holders[address].append(user.username)
        people.filter(pk=user.pk).update(folded_email=address)
    shared = [f"{one} ({', '.join(names)})" for one, names in holders.items() if len(names) > 1]
    if shared:
        more = f", and {len(shared) - MOST_TOLD} more" if len(shared) > MOST_TOLD else ""
        raise RuntimeError(
            f"Several users have one e-mail address: {'; '.join(shared[:MOST_TOLD])}{more}. "
            "Nothing was changed. Start the version before this one, give all but one of these "
            "users another address or none (on the page Users), then start this version again."
        )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_seal_stored_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='folded_email',
            field=accounts.folding.FoldedField(default='', editable=False, max_length=762, source='email'),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
