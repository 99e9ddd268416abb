-- title: Duplicates
-- question: Where does one authority have several live systems for one function, or run one product twice?
-- chapter: The register itself
-- example: citytools report duplicates --function planning
-- list borough: borough. Only this borough.
-- list function: function. Only systems for this function or area.

-- table: handovers
SELECT s.ref AS system
FROM systems s
JOIN systems n ON n.replaces = s.ref
JOIN systems_in_use u ON u.system = n.ref
WHERE s.status = 'retiring';

-- table: live
SELECT t.thing, t.name, t.holder, t.system, t.last_seen, t.seen, s.status, COALESCE(s.instance_of, s.ref) AS instance
FROM things_in_use t
JOIN authorities a ON a.authority = t.holder
JOIN systems s ON s.ref = t.system
WHERE t.facet = 'product' AND t.system NOT IN (SELECT system FROM handovers);

-- table: doubles
SELECT 'function' AS sort, l.holder, f.function AS what
FROM live l JOIN functions_of_systems f ON f.system = l.system
GROUP BY l.holder, f.function
HAVING COUNT(DISTINCT l.thing) > 1 AND COUNT(DISTINCT l.instance) > 1
UNION ALL
SELECT 'product', holder, thing
FROM live
GROUP BY holder, thing
HAVING COUNT(DISTINCT instance) > 1;

-- table: double_systems
SELECT d.sort, d.holder, d.what, l.system
FROM doubles d
JOIN live l ON l.holder = d.holder
JOIN functions_of_systems f ON f.system = l.system AND f.function = d.what
WHERE d.sort = 'function'
UNION ALL
SELECT d.sort, d.holder, d.what, l.system
FROM doubles d JOIN live l ON l.holder = d.holder AND l.thing = d.what
WHERE d.sort = 'product';

-- table: double_parts
SELECT system, system AS part FROM double_systems
UNION
SELECT d.system, l.instance FROM double_systems d JOIN live l ON l.system = d.system;

-- table: asked_systems
SELECT s.ref AS system
FROM systems s
WHERE (NOT EXISTS (SELECT 1 FROM param_borough) OR s.holder IN (SELECT value FROM param_borough))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.ref IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function));

-- table: asked_functions
SELECT DISTINCT l.holder, f.function
FROM live l
JOIN asked_systems a ON a.system = l.system
JOIN functions_of_systems f ON f.system = l.system
WHERE NOT EXISTS (SELECT 1 FROM param_function) OR f.function IN (SELECT value FROM param_function);

-- table: asked_products
SELECT DISTINCT l.holder, l.thing FROM live l JOIN asked_systems a ON a.system = l.system;

-- table: asked_doubles
SELECT d.sort, d.holder, d.what FROM doubles d JOIN asked_functions a ON a.holder = d.holder AND a.function = d.what WHERE d.sort = 'function'
UNION ALL
SELECT d.sort, d.holder, d.what FROM doubles d JOIN asked_products a ON a.holder = d.holder AND a.thing = d.what WHERE d.sort = 'product';

-- section: systems
SELECT d.sort, d.holder, h.name AS holder_name, d.what, COALESCE(n.name, d.what) AS what_name, l.system, l.thing, l.name, l.status, l.last_seen,
  l.seen, l.instance, w.name AS owner_name, c.confidence
FROM double_systems d
JOIN asked_doubles a ON a.sort = d.sort AND a.holder = d.holder AND a.what = d.what
JOIN holders h ON h.id = d.holder
JOIN live l ON l.system = d.system
LEFT JOIN functions n ON d.sort = 'function' AND n.id = d.what
LEFT JOIN systems o ON o.ref = l.instance AND o.holder <> l.holder
LEFT JOIN holders w ON w.id = o.holder
LEFT JOIN record_confidence c ON c.record_kind = 'system' AND c.record = l.system
ORDER BY d.sort, h.name, d.holder, what_name, d.what, l.name, l.system;

-- section: connections
SELECT DISTINCT c.system, c.to_system
FROM connections c
JOIN double_systems a ON a.system = c.system
JOIN double_systems b ON b.system = c.to_system AND b.holder = a.holder AND b.what = a.what;

-- section: contracts
SELECT DISTINCT d.system, c.ref AS contract, c.title, r.supplier_name, x.state, x.next_exit, x.next_exit_about, x.decide_by, x.too_short, w.binding_end,
  w.latest_end, w.about, c.start_date, c.end_date, w.yearly_value_pence, CASE WHEN b.contract IS NULL THEN 0 ELSE 1 END AS bundle, e.assumption
FROM double_parts d
JOIN contract_covers v ON v.system = d.part
JOIN contracts c ON c.ref = v.contract
JOIN contract_states x ON x.contract = c.ref
JOIN contract_terms w ON w.contract = c.ref
JOIN contract_resolved r ON r.contract = c.ref
LEFT JOIN contract_bundles b ON b.contract = c.ref
LEFT JOIN contract_exits e ON e.contract = c.ref AND e.exit_date = x.next_exit
WHERE x.state NOT IN ('replaced', 'not known')
ORDER BY x.decide_by, c.ref, d.system;

-- section: contract_holders
SELECT h.contract, h.holder, n.name
FROM contract_holders h JOIN holders n ON n.id = h.holder
ORDER BY h.contract, n.counts DESC, n.name;

-- section: shares
SELECT 'function' AS sort, f.function AS what, COUNT(DISTINCT l.holder) AS reporting, COUNT(DISTINCT d.holder) AS several
FROM live l
JOIN functions_of_systems f ON f.system = l.system
LEFT JOIN doubles d ON d.sort = 'function' AND d.holder = l.holder AND d.what = f.function
GROUP BY f.function
UNION ALL
SELECT 'product', l.thing, COUNT(DISTINCT l.holder), COUNT(DISTINCT d.holder)
FROM live l
LEFT JOIN doubles d ON d.sort = 'product' AND d.holder = l.holder AND d.what = l.thing
GROUP BY l.thing;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM live) AS reporting,
  (SELECT COUNT(*) FROM live) AS systems,
  (SELECT COUNT(*) FROM asked_functions) AS pairs,
  (SELECT COUNT(*) FROM asked_doubles WHERE sort = 'function') AS pairs_doubled,
  (SELECT COUNT(*) FROM asked_products) AS products,
  (SELECT COUNT(*) FROM asked_doubles WHERE sort = 'product') AS products_doubled,
  (SELECT COUNT(*) FROM live l JOIN asked_systems a ON a.system = l.system
   WHERE l.system NOT IN (SELECT system FROM functions_of_systems)) AS without_function,
  (SELECT COUNT(*) FROM handovers x JOIN asked_systems a ON a.system = x.system JOIN systems s ON s.ref = x.system
   JOIN authorities h ON h.authority = s.holder) AS handovers,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  t.systems_fresh_from AS fresh_from, t.freshness_months
FROM settings t;
