"""The people of the synthetic company beside its customer success managers, and who of them sold to whom."""

from tasks.demo.customers import Customer

COLLEAGUES = (
    ("sales-01", "Nina Castellanos", "nina.castellanos@perennial.example", "en es", 40, None, "sales"),
    ("sales-02", "Felix Brandt", "felix.brandt@perennial.example", "de en fr", 40, None, "sales"),
    ("sales-03", "Hana Dvořák", "hana.dvorak@perennial.example", "en pl", 40, None, "sales"),
    ("support-01", "Samuel Osei", "samuel.osei@perennial.example", "en", 40, None, "support"),
    ("support-02", "Laura Rossi", "laura.rossi@perennial.example", "en it", 36, None, "support"),
    ("product-01", "Ingrid Solberg", "ingrid.solberg@perennial.example", "en", 40, None, "product"),
    ("finance-01", "Peter Vance", "peter.vance@perennial.example", "en de", 40, None, "finance"),
)
SELLERS = ("sales-01", "sales-02", "sales-03")


def sales_of(customer: Customer) -> str:
    """Who sold to the customer: one after another in their turn."""
    return SELLERS[int(customer.account_id[1:]) % len(SELLERS)]
