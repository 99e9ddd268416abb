-- title: Connections
-- question: What is connected to a system or product, how and how often, and who else has built the same interface?
-- chapter: Helping each other
-- example: citytools report connections --borough hackney --format dot --output connections.dot
-- option by: system | connection | interface. What to list: each system with all that is connected to it, and common interfaces; each connection once; or common interfaces alone.
-- option min_boroughs: 0 to 33, default 2. List interfaces of at least so many boroughs; 0 for those of bodies alone too.
-- option without_agreement: flag. Only connections for which no sharing agreement is stated.
-- list system: system. Only what is connected to this system, such as hackney/mosaic.
-- list product: product. Only what is connected to this product.
-- list borough: holder. Only what is connected to systems of this borough.
-- list function: function. Only what is connected to systems for this function or area.
-- list method: method. Only connections by this method: api, file, sftp, database, message or manual.
-- also mermaid: a drawing for Markdown pages
-- also dot: a drawing for Graphviz

-- table: own_names
SELECT c.system, c.position, MIN(u.system) AS other
FROM connection_resolved c
JOIN systems s ON s.ref = c.system
JOIN systems_in_use u ON u.holder = s.holder AND u.system <> c.system
JOIN system_resolved r ON r.system = u.system
WHERE c.other IS NULL AND (r.product = c.product OR (c.product IS NULL AND r.plain_name = c.plain_name))
GROUP BY c.system, c.position
HAVING COUNT(*) = 1;

-- table: told
SELECT c.system, c.position, COALESCE(r.other, o.other, '~' || s.holder || '/' || COALESCE(r.product, '~' || r.plain_name)) AS other,
  CASE WHEN r.other IS NULL AND o.other IS NULL THEN 1 ELSE 0 END AS only_named, CASE WHEN o.other IS NULL THEN 0 ELSE 1 END AS by_name,
  c.to_system, s.holder, r.product, r.plain_name, c.method, c.direction, c.frequency, c.data, c.sharing_agreement
FROM connections c
JOIN systems s ON s.ref = c.system
JOIN connection_resolved r ON r.system = c.system AND r.position = c.position
LEFT JOIN own_names o ON o.system = c.system AND o.position = c.position;

-- table: unsaid
SELECT record AS system, 'withheld' AS how, MIN(reason) AS reason
FROM withheld_fields
WHERE record_kind = 'system' AND (field = 'connects_to' OR field LIKE 'connects_to.%')
GROUP BY record
UNION ALL
SELECT record, 'unknown', MIN(reason)
FROM unknown_fields
WHERE record_kind = 'system' AND (field = 'connects_to' OR field LIKE 'connects_to.%')
GROUP BY record
UNION ALL
SELECT record, 'none', NULL FROM empty_lists WHERE record_kind = 'system' AND field = 'connects_to';

-- table: connected
SELECT s.ref AS id, s.ref AS system, s.holder, r.product, COALESCE(p.name, s.name, s.product, s.id) AS name,
  COALESCE(r.product, '~' || r.plain_name || COALESCE('/' || COALESCE(r.supplier, NULLIF(r.plain_supplier, '')), '')) AS thing,
  g.stage, COALESCE(s.instance_of, s.ref) AS instance
FROM systems s
JOIN system_resolved r ON r.system = s.ref
JOIN system_stages g ON g.system = s.ref
LEFT JOIN products p ON p.id = r.product
WHERE s.ref IN (SELECT system FROM told UNION SELECT other FROM told UNION SELECT system FROM unsaid)
UNION ALL
SELECT t.other, NULL, t.holder, MIN(t.product), COALESCE(MIN(p.name), MIN(t.to_system)),
  COALESCE(MIN(t.product), '~' || MIN(t.plain_name)), 'in use', t.other
FROM told t
LEFT JOIN products p ON p.id = t.product
WHERE t.only_named = 1
GROUP BY t.other, t.holder;

-- table: asked_for
SELECT e.id
FROM connected e
WHERE (NOT EXISTS (SELECT 1 FROM param_system)
    OR e.instance IN (SELECT COALESCE(s.instance_of, s.ref) FROM systems s JOIN param_system p ON p.value = s.ref))
  AND (NOT EXISTS (SELECT 1 FROM param_product) OR e.product IN (SELECT value FROM param_product))
  AND (NOT EXISTS (SELECT 1 FROM param_borough) OR e.holder IN (SELECT value FROM param_borough))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR e.system IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function)
    OR (e.system IS NULL AND e.product IN (SELECT f.product FROM product_functions f JOIN param_function p ON p.value = f.function)));

-- section: told
SELECT system, other, by_name, method, direction, frequency, data, sharing_agreement
FROM told
ORDER BY system, position;

-- section: ends
SELECT e.id, e.system, e.holder, h.name AS holder_name, h.counts, e.product, e.thing, e.name, e.stage, w.name AS owner_name, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= t.systems_fresh_from THEN 'recent' ELSE 'older' END AS seen,
  k.confidence, CASE WHEN a.id IS NULL THEN 0 ELSE 1 END AS asked
FROM connected e
JOIN settings t ON 1 = 1
JOIN holders h ON h.id = e.holder
LEFT JOIN asked_for a ON a.id = e.id
LEFT JOIN systems o ON o.ref = e.instance AND o.ref <> e.id
LEFT JOIN holders w ON w.id = o.holder
LEFT JOIN system_last_seen l ON l.system = e.system
LEFT JOIN record_confidence k ON k.record_kind = 'system' AND k.record = e.system
ORDER BY e.id;

-- section: shares
SELECT u.instance_of AS system, h.name
FROM systems_in_use u
JOIN connected e ON e.system = u.instance_of
JOIN holders h ON h.id = u.holder
ORDER BY u.instance_of, h.name;

-- section: in_use
SELECT DISTINCT u.thing, u.holder, h.name
FROM things_in_use u
JOIN holders h ON h.id = u.holder
WHERE u.facet = 'product' AND h.counts = 1 AND u.thing IN (SELECT thing FROM connected)
ORDER BY u.thing, h.name;

-- section: unsaid
SELECT n.system, n.how, n.reason
FROM unsaid n
JOIN systems_in_use u ON u.system = n.system
JOIN asked_for a ON a.id = n.system
ORDER BY n.system;

-- section: asked_systems
SELECT p.value AS system, g.stage
FROM param_system p
JOIN system_stages g ON g.system = p.value
ORDER BY p.value;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM systems_in_use WHERE counts = 1) AS reporting,
  (SELECT COUNT(*) FROM systems_in_use WHERE counts = 1) AS systems,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  t.systems_fresh_from AS fresh_from, t.freshness_months
FROM settings t;
