-- Derived tables that reports share, in the order in which they build on one another. Each begins with its
-- name and meaning, then a line for each column; the tables page is made from these comments. They are
-- filled once: as views, a report over 26,000 records did not end in ten minutes. The SQL is what SQLite,
-- DuckDB and Spark have in common.

-- record_first_seen: When the evidence of each record begins, to leave out what was not known on the day asked about.
--   record_kind: The kind of record.
--   record: The record, as holder/id.
--   first_seen: The earliest date of its sources and its confirmation; empty where none is dated.
CREATE TABLE record_first_seen AS
SELECT d.record_kind, d.record, MIN(d.seen) AS first_seen
FROM (
  SELECT record_kind, record, on_date AS seen FROM sources
  UNION ALL SELECT 'system', ref, confirmed_on FROM systems
  UNION ALL SELECT 'contract', ref, confirmed_on FROM contracts
  UNION ALL SELECT 'skill', ref, confirmed_on FROM skills
) d
GROUP BY d.record_kind, d.record;

-- system_last_seen: When each system was last seen by the day asked about: the latest date of its sources, its confirmation and its file's.
--   system: The system, as holder/id.
--   last_seen: The date, as precise as its source; empty where nothing is dated.
CREATE TABLE system_last_seen AS
SELECT d.system, MAX(d.seen) AS last_seen
FROM (
  SELECT record AS system, on_date AS seen FROM sources WHERE record_kind = 'system'
  UNION ALL SELECT ref, confirmed_on FROM systems
  UNION ALL SELECT s.ref, c.on_date FROM systems s JOIN borough_confirmations c ON c.borough = s.holder AND c.kind = 'technology'
  UNION ALL SELECT s.ref, c.on_date FROM systems s JOIN body_confirmations c ON c.body = s.holder AND c.kind = 'technology'
) d
JOIN settings t ON 1 = 1
WHERE d.seen IS NULL OR d.seen <= t.as_of
GROUP BY d.system;

-- record_confidence: How far each record can be relied on: the best confidence among its sources.
--   record_kind: The kind of record.
--   record: The record, as holder/id.
--   confidence: high, medium or low; empty where no source says.
CREATE TABLE record_confidence AS
SELECT record_kind, record,
  CASE MIN(CASE confidence WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 END)
    WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' END AS confidence
FROM sources
GROUP BY record_kind, record;

-- systems_known: Systems that had come into use, as far as dates say, by the day asked about.
--   system: The system, as holder/id.
CREATE TABLE systems_known AS
SELECT s.ref AS system
FROM systems s
JOIN settings t ON 1 = 1
LEFT JOIN record_first_seen f ON f.record_kind = 'system' AND f.record = s.ref
WHERE COALESCE(s.since, f.first_seen) IS NULL OR s.since <= t.as_of OR (s.since IS NULL AND f.first_seen <= t.as_of);

-- systems_in_use: Systems in use on the day asked about: stated live or retiring, or unstated while nothing replaces them and no until has passed.
--   system: The system, as holder/id.
--   holder: The borough or body that uses it.
--   counts: 1 where the holder is one of the 33 authorities.
--   product: The product's id; empty where the catalogue does not have it.
--   name: The product's name, or the system's own.
--   last_seen: When it was last seen; empty where no source is dated.
--   seen: recent, older (than the freshness limit) or undated.
--   instance_of: The other holder's system that it is a share of.
CREATE TABLE systems_in_use AS
SELECT s.ref AS system, s.holder, h.counts, r.product, COALESCE(p.name, s.name, s.product, s.id) AS name, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= t.systems_fresh_from THEN 'recent' ELSE 'older' END AS seen,
  s.instance_of
FROM systems s
JOIN settings t ON 1 = 1
JOIN holders h ON h.id = s.holder
JOIN system_resolved r ON r.system = s.ref
LEFT JOIN products p ON p.id = r.product
LEFT JOIN system_last_seen l ON l.system = s.ref
JOIN systems_known k ON k.system = s.ref
WHERE s.status IN ('live', 'retiring')
   OR (s.status IS NULL
       AND (s.until IS NULL OR s.until >= SUBSTR(t.as_of, 1, LENGTH(s.until)))
       AND s.ref NOT IN (SELECT n.replaces FROM systems n JOIN systems_known m ON m.system = n.ref
                         WHERE n.replaces IS NOT NULL AND COALESCE(n.status, 'live') IN ('live', 'retiring')));

-- skills_known: Skills that had been heard of by the day asked about, and when each was last seen by then.
--   skill: The skill's record, as holder/id.
--   holder: The borough or body.
--   counts: 1 where the holder is one of the 33 authorities.
--   last_seen: The latest date of its sources, its confirmation and its file's; empty where nothing is dated.
--   seen: recent, older (than the freshness limit) or undated.
CREATE TABLE skills_known AS
SELECT s.ref AS skill, s.holder, h.counts, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= k.fresh_from THEN 'recent' ELSE 'older' END AS seen
FROM skills s
JOIN settings t ON 1 = 1
JOIN holders h ON h.id = s.holder
JOIN record_kinds k ON k.kind = 'skills'
LEFT JOIN record_first_seen f ON f.record_kind = 'skill' AND f.record = s.ref
LEFT JOIN (
  SELECT d.skill, MAX(d.seen) AS last_seen
  FROM (
    SELECT record AS skill, on_date AS seen FROM sources WHERE record_kind = 'skill'
    UNION ALL SELECT ref, confirmed_on FROM skills
    UNION ALL SELECT o.ref, c.on_date FROM skills o JOIN borough_confirmations c ON c.borough = o.holder AND c.kind = 'skills'
    UNION ALL SELECT o.ref, c.on_date FROM skills o JOIN body_confirmations c ON c.body = o.holder AND c.kind = 'skills'
  ) d
  JOIN settings t ON d.seen <= t.as_of
  GROUP BY d.skill
) l ON l.skill = s.ref
WHERE f.first_seen IS NULL OR f.first_seen <= t.as_of;

-- system_stages: How far each system had come on the day asked about.
--   system: The system, as holder/id.
--   stage: in use; on trial; planned; gone (retired or replaced); not known (it is first heard of later).
CREATE TABLE system_stages AS
SELECT s.ref AS system,
  CASE
    WHEN k.system IS NULL THEN 'not known'
    WHEN u.system IS NOT NULL THEN 'in use'
    WHEN s.until < SUBSTR(t.as_of, 1, LENGTH(s.until)) OR s.ref IN (SELECT n.replaces FROM systems n JOIN systems_in_use m ON m.system = n.ref
      WHERE n.replaces IS NOT NULL) THEN 'gone'
    WHEN s.status = 'trial' THEN 'on trial'
    WHEN s.status IN ('planned', 'in-procurement') THEN 'planned'
    ELSE 'gone'
  END AS stage
FROM systems s
JOIN settings t ON 1 = 1
LEFT JOIN systems_known k ON k.system = s.ref
LEFT JOIN systems_in_use u ON u.system = s.ref;

-- functions_of_systems: What each system is used for: its own functions, else its product's.
--   system: The system, as holder/id.
--   function: The function's id.
CREATE TABLE functions_of_systems AS
SELECT f.system, f.function FROM system_functions f
UNION
SELECT r.system, f.function
FROM system_resolved r JOIN product_functions f ON f.product = r.product
WHERE r.system NOT IN (SELECT system FROM system_functions);

-- product_makers_now: Who makes each product as of the day asked about: the last of its makers whose time has begun.
--   product: The product's id.
--   supplier: The maker's id.
CREATE TABLE product_makers_now AS
SELECT m.product, m.maker AS supplier
FROM product_makers m
JOIN (
  SELECT x.product, MAX(x.position) AS position
  FROM product_makers x JOIN settings t ON 1 = 1
  WHERE x.since IS NULL OR x.since <= t.as_of
  GROUP BY x.product
) latest ON latest.product = m.product AND latest.position = m.position;

-- supplier_parents_now: Who owns each supplier as of the day asked about.
--   supplier: The supplier's id.
--   parent: The owner's id.
CREATE TABLE supplier_parents_now AS
SELECT p.supplier, p.parent
FROM supplier_parents p
JOIN (
  SELECT x.supplier, MAX(x.position) AS position
  FROM supplier_parents x JOIN settings t ON 1 = 1
  WHERE x.since IS NULL OR x.since <= t.as_of
  GROUP BY x.supplier
) latest ON latest.supplier = p.supplier AND latest.position = p.position;

-- supplier_owners: Each supplier with itself and everyone above it as of the day asked about.
--   supplier: The supplier's id.
--   owner: The supplier itself, or an owner, or an owner's owner.
--   steps: How many steps up: 0 for the supplier itself.
CREATE TABLE supplier_owners AS
WITH RECURSIVE up (supplier, owner, steps) AS (
  SELECT id, id, 0 FROM suppliers
  UNION ALL
  SELECT u.supplier, p.parent, u.steps + 1
  FROM up u JOIN supplier_parents_now p ON p.supplier = u.owner
  WHERE u.steps < 20
)
SELECT supplier, owner, MIN(steps) AS steps FROM up GROUP BY supplier, owner;

-- supplier_groups: The ultimate owner of each supplier as of the day asked about; itself where no one is known to own it.
--   supplier: The supplier's id.
--   ultimate: The id of the owner at the top.
CREATE TABLE supplier_groups AS
SELECT o.supplier, o.owner AS ultimate
FROM supplier_owners o JOIN (SELECT supplier, MAX(steps) AS steps FROM supplier_owners GROUP BY supplier) top
  ON top.supplier = o.supplier AND top.steps = o.steps;

-- system_makers: Who makes each system: its product's maker now, else the supplier given with its name.
--   system: The system, as holder/id.
--   supplier: The supplier's id; empty where the catalogue does not have it.
--   supplier_name: The supplier's name, or the text as given.
CREATE TABLE system_makers AS
SELECT r.system, COALESCE(m.supplier, r.supplier) AS supplier, COALESCE(u.name, s.supplier) AS supplier_name
FROM system_resolved r
JOIN systems s ON s.ref = r.system
LEFT JOIN product_makers_now m ON m.product = r.product
LEFT JOIN suppliers u ON u.id = COALESCE(m.supplier, r.supplier)
WHERE COALESCE(m.supplier, r.supplier, s.supplier) IS NOT NULL;

-- contracts_known: Contracts that had been heard of, awarded or signed, as far as dates say, by the day asked about.
--   contract: The contract, as holder/id.
--   begun: 1 where its start (else its signature) had come, or neither is stated.
CREATE TABLE contracts_known AS
SELECT c.ref AS contract,
  CASE WHEN COALESCE(c.start_date, c.signed) > t.as_of THEN 0 ELSE 1 END AS begun
FROM contracts c
JOIN settings t ON 1 = 1
LEFT JOIN record_first_seen f ON f.record_kind = 'contract' AND f.record = c.ref
WHERE c.awarded <= t.as_of OR c.signed <= t.as_of OR f.first_seen <= t.as_of
   OR (c.awarded IS NULL AND c.signed IS NULL AND f.first_seen IS NULL);

-- files_known: What each holder's files say of each kind of record, as far as that had been heard of by the day asked about.
--   holder: The borough or body.
--   kind: systems, contracts or skills.
--   state: As in files; no row where every record of the file is first heard of later.
CREATE TABLE files_known AS
SELECT f.holder, f.kind, f.state
FROM files f
LEFT JOIN (
  SELECT d.kind, d.holder, COUNT(d.known) AS known
  FROM (
    SELECT 'systems' AS kind, s.holder, k.system AS known FROM systems s LEFT JOIN systems_known k ON k.system = s.ref
    UNION ALL SELECT 'contracts', c.holder, k.contract FROM contracts c LEFT JOIN contracts_known k ON k.contract = c.ref
    UNION ALL SELECT 'skills', s.holder, k.skill FROM skills s LEFT JOIN skills_known k ON k.skill = s.ref
  ) d
  GROUP BY d.kind, d.holder
) r ON r.kind = f.kind AND r.holder = f.holder
WHERE f.state <> 'records' OR r.known IS NULL OR r.known > 0;

-- contract_longest: The last month that a contract without a stated end can reach, if it was not signed after it was last heard of.
--   contract: The contract, as holder/id; only one with a term, and that does not renew itself.
--   month: Month number: latest of award and sources, plus the term and every option that has not lapsed.
CREATE TABLE contract_longest AS
SELECT c.ref AS contract, MAX(d.month) + c.term_months + COALESCE(MAX(o.months), 0) AS month
FROM contracts c
JOIN (
  SELECT ref AS contract, awarded_month + CASE LENGTH(awarded) WHEN 4 THEN 11 ELSE 0 END AS month FROM contracts WHERE awarded IS NOT NULL
  UNION ALL SELECT record, on_date_month + CASE LENGTH(on_date) WHEN 4 THEN 11 ELSE 0 END FROM sources
            WHERE record_kind = 'contract' AND on_date IS NOT NULL
  UNION ALL SELECT ref, confirmed_on_month + CASE LENGTH(confirmed_on) WHEN 4 THEN 11 ELSE 0 END FROM contracts WHERE confirmed_on IS NOT NULL
) d ON d.contract = c.ref
LEFT JOIN (
  SELECT contract, SUM(months) AS months FROM contract_extensions WHERE COALESCE(status, '') <> 'lapsed' GROUP BY contract
) o ON o.contract = c.ref
WHERE c.term_months IS NOT NULL AND c.rolls_months IS NULL AND c.end_date IS NULL
GROUP BY c.ref, c.term_months;

-- contract_states: Each contract as of the day asked about.
--   contract: The contract, as holder/id.
--   state: current; ended; replaced (a later contract has begun in its place); not begun; not known (it is first heard of later); end passed (but not known whether options were in it); term passed (no end is known, but its term and every option have run out); unknown (no end is known).
--   next_exit: The next day on which a current contract can be left (ISO date).
--   next_exit_about: 1 where that day rests on a date known to the month, 2 where on one known to the year; else 0.
--   decide_by: The day by which to decide about that exit.
--   too_short: 1 where the day to start buying had passed before the contract began: it is shorter than a purchase is assumed to take.
CREATE TABLE contract_states AS
SELECT d.contract, d.state,
  CASE WHEN d.state = 'current' THEN d.exit_date END AS next_exit,
  CASE WHEN d.state = 'current' THEN x.about END AS next_exit_about,
  CASE WHEN d.state = 'current' THEN x.decide_by END AS decide_by,
  CASE WHEN d.state = 'current' THEN x.too_short END AS too_short
FROM (
  SELECT c.ref AS contract, n.exit_date,
    CASE
      WHEN k.contract IS NULL THEN 'not known'
      WHEN c.ref IN (SELECT y.replaces FROM contracts y JOIN contracts_known z ON z.contract = y.ref AND z.begun = 1
                     WHERE y.replaces IS NOT NULL) THEN 'replaced'
      WHEN k.begun = 0 THEN 'not begun'
      WHEN n.exit_date IS NOT NULL THEN 'current'
      WHEN w.latest_end IS NOT NULL AND w.binding_end IS NOT NULL THEN 'ended'
      WHEN c.end_date < SUBSTR(t.as_of, 1, LENGTH(c.end_date)) THEN CASE c.end_basis WHEN 'includes-options' THEN 'ended' ELSE 'end passed' END
      WHEN w.latest_end IS NULL AND m.month < t.as_of_month THEN 'term passed'
      ELSE 'unknown'
    END AS state
  FROM contracts c
  JOIN settings t ON 1 = 1
  JOIN contract_terms w ON w.contract = c.ref
  LEFT JOIN contracts_known k ON k.contract = c.ref
  LEFT JOIN contract_longest m ON m.contract = c.ref
  LEFT JOIN (
    SELECT e.contract, MIN(e.exit_date) AS exit_date
    FROM contract_exits e JOIN settings s ON 1 = 1
    WHERE SUBSTR(e.exit_date, 1, e.known_to) >= SUBSTR(s.as_of, 1, e.known_to)
    GROUP BY e.contract
  ) n ON n.contract = c.ref
) d
LEFT JOIN contract_exits x ON x.contract = d.contract AND x.exit_date = d.exit_date;

-- contract_holders: Who has a part in each contract: its lead, its parties, and the holders of the systems it covers or of shares in them.
--   contract: The contract, as holder/id.
--   holder: The borough or body.
CREATE TABLE contract_holders AS
SELECT ref AS contract, holder FROM contracts
UNION SELECT contract, party FROM contract_parties
UNION SELECT v.contract, s.holder FROM contract_covers v JOIN systems s ON s.ref = v.system
UNION SELECT v.contract, s.holder FROM contract_covers v JOIN systems s ON s.instance_of = v.system;

-- contract_contents: What each contract is for: the products, makers and functions of the systems it covers, and its own functions.
--   contract: The contract, as holder/id.
--   system: The system covered; empty for a function that the contract names itself.
--   product: The system's product.
--   function: The function.
CREATE TABLE contract_contents AS
SELECT v.contract, v.system, r.product, f.function
FROM contract_covers v
JOIN system_resolved r ON r.system = v.system
LEFT JOIN functions_of_systems f ON f.system = v.system
UNION ALL
SELECT contract, NULL, NULL, function FROM contract_functions;

-- contract_suppliers: Everyone who stands behind each contract: who signed it, who makes what it covers, and all who own these.
--   contract: The contract, as holder/id.
--   supplier: The supplier's id.
CREATE TABLE contract_suppliers AS
SELECT r.contract, o.owner AS supplier
FROM contract_resolved r JOIN supplier_owners o ON o.supplier = r.supplier
UNION
SELECT v.contract, o.owner
FROM contract_covers v JOIN system_makers m ON m.system = v.system JOIN supplier_owners o ON o.supplier = m.supplier;

-- contract_successors: Contracts whose successor had been agreed by the day asked about, begun or not.
--   contract: The contract, as holder/id.
--   successor: The contract that takes its place, as holder/id.
CREATE TABLE contract_successors AS
SELECT c.replaces AS contract, MIN(c.ref) AS successor
FROM contracts c JOIN contracts_known k ON k.contract = c.ref
WHERE c.replaces IS NOT NULL
GROUP BY c.replaces;

-- contract_bundles: Contracts that pay for more than one product, so that their value cannot be set against one.
--   contract: The contract, as holder/id.
--   products: How many different products it covers.
CREATE TABLE contract_bundles AS
SELECT v.contract, COUNT(DISTINCT COALESCE(r.product, v.system)) AS products
FROM contract_covers v JOIN system_resolved r ON r.system = v.system
GROUP BY v.contract
HAVING COUNT(DISTINCT COALESCE(r.product, v.system)) > 1;

-- contract_last_seen: When each contract was last seen: the latest date of its sources, its confirmation and its file's.
--   contract: The contract, as holder/id.
--   last_seen: The date, as precise as its source; empty where nothing is dated.
CREATE TABLE contract_last_seen AS
SELECT d.contract, MAX(d.seen) AS last_seen
FROM (
  SELECT record AS contract, on_date AS seen FROM sources WHERE record_kind = 'contract'
  UNION ALL SELECT ref, confirmed_on FROM contracts
  UNION ALL SELECT k.ref, c.on_date FROM contracts k JOIN borough_confirmations c ON c.borough = k.holder AND c.kind = 'contracts'
  UNION ALL SELECT k.ref, c.on_date FROM contracts k JOIN body_confirmations c ON c.body = k.holder AND c.kind = 'contracts'
) d
JOIN settings t ON 1 = 1
WHERE d.seen IS NULL OR d.seen <= t.as_of
GROUP BY d.contract;

-- contracts_in_force: Contracts that have neither ended nor been replaced, those without a known end included.
--   contract: The contract, as holder/id.
--   state: current or unknown.
--   last_seen: When it was last seen.
--   seen: recent, older or undated.
CREATE TABLE contracts_in_force AS
SELECT c.contract, c.state, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= t.contracts_fresh_from THEN 'recent' ELSE 'older' END AS seen
FROM contract_states c
JOIN settings t ON 1 = 1
LEFT JOIN contract_last_seen l ON l.contract = c.contract
WHERE c.state IN ('current', 'unknown');

-- reported_functions: Which holder reports anything on a function: a system in use, a contract in force for it, or that its list is whole.
--   holder: The borough or body.
--   counts: 1 where it is one of the 33 authorities.
--   function: The function's id.
CREATE TABLE reported_functions AS
SELECT d.holder, h.counts, d.function
FROM (
  SELECT u.holder, f.function FROM systems_in_use u JOIN functions_of_systems f ON f.system = u.system
  UNION SELECT h.holder, f.function
  FROM contracts_in_force c JOIN contract_functions f ON f.contract = c.contract JOIN contract_holders h ON h.contract = c.contract
  UNION SELECT c.borough, c.function FROM borough_complete c JOIN settings t ON c.on_date <= t.as_of
  UNION SELECT c.body, c.function FROM body_complete c JOIN settings t ON c.on_date <= t.as_of
) d
JOIN holders h ON h.id = d.holder;

-- things_in_use: What holders have in common, one row for each use, seen from several sides.
--   facet: The side: product, supplier, supplier-group, contracted-supplier, contracted-supplier-group or function.
--   thing: The product's, supplier's or function's id; ~ and the plain name where the catalogue does not have it.
--   name: Its name.
--   holder: The borough or body.
--   system: The system in use; empty where the row rests on a contract.
--   contract: The contract that the row rests on; empty where it rests on a system.
--   last_seen: When it was last seen.
--   seen: recent, older or undated.
CREATE TABLE things_in_use AS
SELECT 'product' AS facet, COALESCE(u.product, '~' || r.plain_name || COALESCE('/' || COALESCE(r.supplier, NULLIF(r.plain_supplier, '')), '')) AS thing, u.name, u.holder, u.system, NULL AS contract, u.last_seen, u.seen
FROM systems_in_use u JOIN system_resolved r ON r.system = u.system
UNION ALL
SELECT 'supplier', COALESCE(m.supplier, '~' || r.plain_supplier), m.supplier_name, u.holder, u.system, NULL, u.last_seen, u.seen
FROM systems_in_use u JOIN system_resolved r ON r.system = u.system JOIN system_makers m ON m.system = u.system
UNION ALL
SELECT 'supplier-group', COALESCE(g.ultimate, '~' || r.plain_supplier), COALESCE(s.name, m.supplier_name), u.holder, u.system, NULL, u.last_seen, u.seen
FROM systems_in_use u JOIN system_resolved r ON r.system = u.system JOIN system_makers m ON m.system = u.system
LEFT JOIN supplier_groups g ON g.supplier = m.supplier
LEFT JOIN suppliers s ON s.id = g.ultimate
UNION ALL
SELECT 'function', f.function, COALESCE(n.name, f.function), u.holder, u.system, NULL, u.last_seen, u.seen
FROM systems_in_use u JOIN functions_of_systems f ON f.system = u.system LEFT JOIN functions n ON n.id = f.function
UNION ALL
SELECT 'function', f.function, COALESCE(n.name, f.function), h.holder, NULL, c.contract, c.last_seen, c.seen
FROM contracts_in_force c JOIN contract_functions f ON f.contract = c.contract JOIN contract_holders h ON h.contract = c.contract
LEFT JOIN functions n ON n.id = f.function
UNION ALL
SELECT 'contracted-supplier', COALESCE(r.supplier, '~' || r.plain_supplier), r.supplier_name, h.holder, NULL, c.contract, c.last_seen, c.seen
FROM contracts_in_force c JOIN contract_resolved r ON r.contract = c.contract JOIN contract_holders h ON h.contract = c.contract
WHERE r.supplier_name IS NOT NULL
UNION ALL
SELECT 'contracted-supplier-group', COALESCE(g.ultimate, '~' || r.plain_supplier), COALESCE(s.name, r.supplier_name), h.holder, NULL, c.contract, c.last_seen, c.seen
FROM contracts_in_force c JOIN contract_resolved r ON r.contract = c.contract JOIN contract_holders h ON h.contract = c.contract
LEFT JOIN supplier_groups g ON g.supplier = r.supplier
LEFT JOIN suppliers s ON s.id = g.ultimate
WHERE r.supplier_name IS NOT NULL;

-- thing_contracts: The contracts behind each thing in use: those that it rests on and those that cover its systems.
--   facet: As in things_in_use.
--   thing: As in things_in_use.
--   contract: The contract, as holder/id.
CREATE TABLE thing_contracts AS
SELECT facet, thing, contract FROM things_in_use WHERE contract IS NOT NULL
UNION
SELECT t.facet, t.thing, v.contract FROM things_in_use t JOIN contract_covers v ON v.system = t.system;
