"""Who a link, a desk or a role in a case belongs to, and what it permits."""
