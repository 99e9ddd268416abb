-- title: Cutting-edge technologies
-- question: Which authorities use, try out or plan which cutting-edge technologies, and for what?
-- chapter: Helping each other
-- example: citytools report technologies --by function --technology generative-ai
-- option by: technology | function | borough. What to list by.
-- list technology: technology. Only this technology, such as ai.
-- list borough: borough. Only this borough.
-- list function: function. Only systems for this function or area.

-- table: staged
SELECT DISTINCT x.technology, s.ref AS system, s.holder, g.stage
FROM system_technologies x
JOIN systems s ON s.ref = x.system
JOIN system_stages g ON g.system = s.ref
WHERE g.stage <> 'not known';

-- section: uses
SELECT x.technology, x.system, x.stage, x.holder, h.name AS holder_name, h.counts, COALESCE(p.name, s.name, s.product, s.id) AS name,
  COALESCE(r.product, '~' || r.plain_name || COALESCE('/' || COALESCE(r.supplier, NULLIF(r.plain_supplier, '')), '')) AS thing, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= t.systems_fresh_from THEN 'recent' ELSE 'older' END AS seen,
  c.confidence, w.name AS owner_name
FROM staged x
JOIN settings t ON 1 = 1
JOIN systems s ON s.ref = x.system
JOIN holders h ON h.id = x.holder
JOIN system_resolved r ON r.system = x.system
LEFT JOIN products p ON p.id = r.product
LEFT JOIN system_last_seen l ON l.system = x.system
LEFT JOIN record_confidence c ON c.record_kind = 'system' AND c.record = x.system
LEFT JOIN systems o ON o.ref = s.instance_of
LEFT JOIN holders w ON w.id = o.holder
WHERE x.stage <> 'gone'
  AND (NOT EXISTS (SELECT 1 FROM param_technology) OR x.technology IN (SELECT value FROM param_technology))
  AND (NOT EXISTS (SELECT 1 FROM param_borough) OR x.holder IN (SELECT value FROM param_borough))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR x.system IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function))
ORDER BY h.name, x.system, x.technology;

-- section: functions
SELECT DISTINCT f.system, f.function, COALESCE(n.name, f.function) AS name
FROM functions_of_systems f
JOIN staged x ON x.system = f.system
LEFT JOIN functions n ON n.id = f.function
WHERE NOT EXISTS (SELECT 1 FROM param_function) OR f.function IN (SELECT value FROM param_function)
ORDER BY f.system, 3;

-- section: reporters
SELECT function, COUNT(DISTINCT holder) AS authorities
FROM reported_functions
WHERE counts = 1
GROUP BY function;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM systems_in_use WHERE counts = 1) AS reporting,
  (SELECT COUNT(DISTINCT x.holder) FROM staged x JOIN authorities a ON a.authority = x.holder WHERE x.stage <> 'gone') AS with_any,
  (SELECT COUNT(*) FROM systems_in_use WHERE counts = 1) AS systems,
  (SELECT COUNT(DISTINCT x.system) FROM staged x JOIN authorities a ON a.authority = x.holder WHERE x.stage = 'in use') AS systems_named,
  (SELECT COUNT(DISTINCT x.system) FROM staged x JOIN authorities a ON a.authority = x.holder WHERE x.stage = 'gone') AS gone,
  (SELECT COUNT(DISTINCT x.system) FROM system_technologies x JOIN systems s ON s.ref = x.system JOIN authorities a ON a.authority = s.holder
   WHERE x.system NOT IN (SELECT system FROM systems_known)) AS later,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  t.systems_fresh_from AS fresh_from, t.freshness_months
FROM settings t;
