"""Names are compared folded, in a column: SQLite would call Änne and änne two names."""

from django.db import migrations

import accounts.folding


def fold(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    found: dict[str, str] = {}
    for user in people.only("pk", "username").order_by("pk").iterator():
        name = accounts.folding.folded(user.username)
        if name in found:
            raise RuntimeError(
                f"The users {found[name]!r} and {user.username!r} have one name but for its case. "
                "Rename or remove one of them with the version before this one, then start again."
            )
        found[name] = user.username
        people.filter(pk=user.pk).update(folded_username=name)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelManagers(name='user', managers=[]),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_name_unique_ignoring_case',
        ),
        migrations.AddField(
            model_name='user',
            name='folded_username',
            field=accounts.folding.FoldedField(default='', editable=False, max_length=450, source='username'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='team',
            name='folded_name',
            field=accounts.folding.FoldedField(editable=False, max_length=450, source='name'),
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
    ]
