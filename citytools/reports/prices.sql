-- title: Prices
-- question: Are we paying more than others, like for like, and what did we pay last time?
-- chapter: The market
-- example: citytools report prices --borough sutton --function financial
-- option all: flag. All rows of every table, and every contract with its figures or with what keeps it from comparison.
-- list product: product. Only prices, histories and gaps of this product.
-- list function: function. Only those for this function or area.
-- list supplier: supplier. Only those with this supplier, or for what it makes.
-- list borough: holder. Only those that this borough has a part in, with its place among the others.

-- table: asked
SELECT s.contract
FROM contract_states s
WHERE s.state <> 'not known'
  AND (NOT EXISTS (SELECT 1 FROM param_product)
    OR s.contract IN (SELECT c.contract FROM contract_contents c JOIN param_product p ON p.value = c.product))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.contract IN (SELECT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function))
  AND (NOT EXISTS (SELECT 1 FROM param_supplier)
    OR s.contract IN (SELECT b.contract FROM contract_suppliers b JOIN param_supplier p ON p.value = b.supplier))
  AND (NOT EXISTS (SELECT 1 FROM param_borough)
    OR s.contract IN (SELECT h.contract FROM contract_holders h JOIN param_borough p ON p.value = h.holder));

-- table: succeeded
SELECT c.ref AS contract, c.replaces AS previous
FROM contracts c
JOIN contract_states s ON s.contract = c.ref AND s.state <> 'not known'
JOIN contract_states o ON o.contract = c.replaces AND o.state <> 'not known'
WHERE c.replaces <> c.ref;

-- table: links
SELECT contract, previous, 'contract' AS link FROM succeeded
UNION
SELECT a.contract, b.contract, 'system'
FROM systems n
JOIN contract_covers a ON a.system = n.ref
JOIN contract_covers b ON b.system = n.replaces
JOIN contract_states s ON s.contract = a.contract AND s.state <> 'not known'
JOIN contract_states o ON o.contract = b.contract AND o.state <> 'not known'
WHERE a.contract <> b.contract
  AND a.contract NOT IN (SELECT contract FROM succeeded)
  AND b.contract NOT IN (SELECT previous FROM succeeded);

-- table: looked_at
SELECT contract FROM contracts_in_force
UNION SELECT contract FROM links
UNION SELECT previous FROM links;

-- table: covered
SELECT v.contract, MIN(r.product) AS product, COUNT(DISTINCT COALESCE(r.product, v.system)) AS products
FROM contract_covers v
JOIN system_resolved r ON r.system = v.system
GROUP BY v.contract;

-- table: parts
SELECT contract, system FROM contract_covers
UNION
SELECT v.contract, n.ref FROM contract_covers v JOIN systems n ON n.instance_of = v.system;

-- table: services
SELECT f.contract, COUNT(*) AS functions
FROM contract_functions f
LEFT JOIN (
  SELECT DISTINCT v.contract, u.function FROM contract_covers v JOIN functions_of_systems u ON u.system = v.system
) d ON d.contract = f.contract AND d.function = f.function
WHERE d.contract IS NULL
GROUP BY f.contract;

-- table: used
SELECT p.contract, SUM(s.users) AS users, SUM(CASE WHEN s.users IS NULL THEN 1 ELSE 0 END) AS unstated
FROM parts p
JOIN systems s ON s.ref = p.system
GROUP BY p.contract;

-- section: contracts
SELECT c.ref AS contract, c.holder, c.title, r.supplier_name, s.state, CASE WHEN f.contract IS NULL THEN 0 ELSE 1 END AS in_force,
  CASE WHEN a.contract IS NULL THEN 0 ELSE 1 END AS asked, c.start_date, c.signed, c.awarded, c.end_date, c.term_months,
  c.value_amount_pence, c.value_amount_to_pence, c.value_precision, c.value_for, c.value_vat, w.yearly_value_pence, w.assumptions,
  COALESCE(v.products, 0) AS products, v.product, p.name AS product_name, COALESCE(x.functions, 0) AS services,
  CASE WHEN u.unstated = 0 THEN u.users END AS users, e.first_seen, l.last_seen,
  CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence
FROM looked_at o
JOIN contracts c ON c.ref = o.contract
JOIN settings t ON 1 = 1
JOIN contract_states s ON s.contract = c.ref
JOIN contract_terms w ON w.contract = c.ref
JOIN contract_resolved r ON r.contract = c.ref
LEFT JOIN contracts_in_force f ON f.contract = c.ref
LEFT JOIN asked a ON a.contract = c.ref
LEFT JOIN covered v ON v.contract = c.ref
LEFT JOIN products p ON p.id = v.product
LEFT JOIN services x ON x.contract = c.ref
LEFT JOIN used u ON u.contract = c.ref
LEFT JOIN record_first_seen e ON e.record_kind = 'contract' AND e.record = c.ref
LEFT JOIN contract_last_seen l ON l.contract = c.ref
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = c.ref
ORDER BY c.ref;

-- section: includes
SELECT DISTINCT contract, included FROM contract_value_includes WHERE contract IN (SELECT contract FROM looked_at) ORDER BY contract, included;

-- section: contract_holders
SELECT h.contract, h.holder, n.name, n.counts, b.population_count, b.population_on
FROM contract_holders h
JOIN holders n ON n.id = h.holder
LEFT JOIN boroughs b ON b.id = h.holder
WHERE h.contract IN (SELECT contract FROM looked_at)
ORDER BY h.contract, n.counts DESC, n.name;

-- section: things
SELECT v.contract, COALESCE(r.product, v.system) AS thing, COALESCE(p.name, s.name, s.product, s.id) AS name
FROM contract_covers v
JOIN systems s ON s.ref = v.system
JOIN system_resolved r ON r.system = v.system
LEFT JOIN products p ON p.id = r.product
WHERE v.contract IN (SELECT contract FROM looked_at)
UNION
SELECT f.contract, f.function, COALESCE(n.name, f.function)
FROM contract_functions f
JOIN services x ON x.contract = f.contract
LEFT JOIN functions n ON n.id = f.function
WHERE f.contract IN (SELECT contract FROM looked_at)
ORDER BY 1, 3, 2;

-- section: gaps
SELECT record AS contract, field, reason, 'withheld' AS sort FROM withheld_fields WHERE record_kind = 'contract'
UNION ALL
SELECT record, field, reason, 'unknown' FROM unknown_fields WHERE record_kind = 'contract'
ORDER BY 1, 4, 2;

-- section: links
SELECT contract, previous, MIN(link) AS link FROM links GROUP BY contract, previous ORDER BY contract, previous;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM contracts_in_force) AS in_force,
  (SELECT COUNT(DISTINCT h.holder) FROM contracts_in_force c JOIN contract_holders h ON h.contract = c.contract
   JOIN holders n ON n.id = h.holder AND n.counts = 1) AS with_contracts,
  (SELECT COUNT(*) FROM asked a JOIN contracts_in_force c ON c.contract = a.contract) AS asked_in_force,
  (SELECT COUNT(DISTINCT h.holder) FROM asked a JOIN contracts_in_force c ON c.contract = a.contract
   JOIN contract_holders h ON h.contract = a.contract JOIN holders n ON n.id = h.holder AND n.counts = 1) AS asked_with_contracts,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract WHERE s.state IN ('ended', 'replaced')) AS gone,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract WHERE s.state = 'end passed') AS end_passed,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract WHERE s.state = 'term passed') AS term_passed,
  (SELECT COUNT(*) FROM asked a JOIN contracts_in_force c ON c.contract = a.contract WHERE a.contract NOT IN (
    SELECT h.contract FROM contract_holders h JOIN holders n ON n.id = h.holder WHERE n.counts = 1)) AS of_bodies,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract WHERE s.state = 'not begun') AS not_begun,
  t.contracts_fresh_from AS fresh_from
FROM settings t;
