"""The database refuses a second user of an address, whatever its case; none is everybody's."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_folded_addresses'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('folded_email', ''), _negated=True), fields=('folded_email',), name='user_email_unique_ignoring_case'),
        ),
    ]
