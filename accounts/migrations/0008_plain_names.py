"""What a name looks like has a column, so that a new one is compared with all that are there."""

from django.db import migrations, models

import accounts.lookalikes


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, name, plain in (("User", "username", "plain_username"), ("Team", "name", "plain_name")):
        rows = apps.get_model("accounts", model)._default_manager.using(alias)
        for pk, written in rows.values_list("pk", name).order_by("pk").iterator():
            rows.filter(pk=pk).update(**{plain: accounts.lookalikes.plain_form(written)})


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_addresses_unique'),
    ]

    operations = [
        migrations.AddField(
            model_name='team',
            name='plain_name',
            field=accounts.lookalikes.PlainField(default='', editable=False, max_length=450, source='name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='user',
            name='plain_username',
            field=accounts.lookalikes.PlainField(default='', editable=False, max_length=450, source='username'),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='team',
            index=models.Index(fields=['plain_name'], name='team_plain_name'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(fields=['plain_username'], name='user_plain_name'),
        ),
    ]
