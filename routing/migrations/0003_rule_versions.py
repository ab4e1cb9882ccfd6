"""Versions of the custom rules, and what tells that they have changed (LC-60)."""

import django.db.models.deletion
from django.db import migrations, models

# Statements, not rows, where the database knows the difference: a thousand rules at once are one edition.
_POSTGRESQL = """
CREATE FUNCTION routing_count_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO routing_rulebook (id, edition) VALUES (1, 1)
  ON CONFLICT (id) DO UPDATE SET edition = routing_rulebook.edition + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER routing_rule_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON routing_rule
  FOR EACH STATEMENT EXECUTE FUNCTION routing_count_edition();
CREATE TRIGGER routing_rule_agents_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON routing_rule_agents
  FOR EACH STATEMENT EXECUTE FUNCTION routing_count_edition();
"""
_POSTGRESQL_BACK = """
DROP TRIGGER routing_rule_agents_edition ON routing_rule_agents;
DROP TRIGGER routing_rule_edition ON routing_rule;
DROP FUNCTION routing_count_edition();
"""
_SQLITE = """
CREATE TRIGGER {table}_{verb}_edition AFTER {verb} ON {table} BEGIN
  INSERT INTO routing_rulebook (id, edition) VALUES (1, 1)
  ON CONFLICT (id) DO UPDATE SET edition = edition + 1;
END
"""
_TABLES, _VERBS = ("routing_rule", "routing_rule_agents"), ("insert", "update", "delete")


def _watch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL)
        return
    for table in _TABLES:
        for verb in _VERBS:
            schema_editor.execute(_SQLITE.format(table=table, verb=verb))


def _unwatch(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_BACK)
        return
    for table in _TABLES:
        for verb in _VERBS:
            schema_editor.execute(f"DROP TRIGGER {table}_{verb}_edition")


class Migration(migrations.Migration):

    dependencies = [
        ('routing', '0002_transfers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleBook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.BigIntegerField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True, verbose_name='digest')),
                ('rules', models.JSONField(verbose_name='rules')),
                ('edition', models.BigIntegerField()),
                ('made_at', models.DateTimeField(verbose_name='first decision')),
            ],
            options={
                'verbose_name': 'version of the custom rules',
                'verbose_name_plural': 'versions of the custom rules',
                'default_permissions': (),
                'indexes': [models.Index(fields=['edition'], name='rule_version_of_edition')],
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='rule_version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='routing.ruleversion'),
        ),
        migrations.RunPython(_watch, _unwatch),
    ]
