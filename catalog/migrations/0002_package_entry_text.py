from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="packageentry", name="content"),
        migrations.AddField(
            model_name="packageentry",
            name="text",
            field=models.TextField(default="{}"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="packageentry",
            name="is_kept",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="packageentry",
            name="identity",
            field=models.CharField(max_length=800),
        ),
    ]
