"""The database refuses a second user of a name, whatever its case."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_folded_names'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('folded_username',), name='user_name_unique_ignoring_case'),
        ),
    ]
