select r.rolname as name, pg_has_role('scorer', r.oid, 'usage') as member
from pg_catalog.pg_roles as r
where r.rolname in ('scorer_reader', 'o''reader')
