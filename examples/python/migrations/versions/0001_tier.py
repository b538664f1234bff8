"""Customers have a tier: added, filled, demanded."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("tier", sa.Text()))
    op.execute("UPDATE customers SET tier = CASE WHEN id % 2 = 0 THEN 'silver' ELSE 'bronze' END")
    op.alter_column("customers", "tier", nullable=False)
    op.create_check_constraint("tier_known", "customers", "tier IN ('gold', 'silver', 'bronze')")
    op.create_index("customers_tier", "customers", ["tier"])


def downgrade() -> None:
    op.drop_column("customers", "tier")
