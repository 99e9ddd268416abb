-- title: Borough
-- question: What should one borough know today: its next decisions, purchases to join, help to give and get, who else runs its systems, and what to add?
-- chapter: One page about
-- example: citytools report borough camden --format html --output camden.html
-- argument borough: borough. The borough.
-- option all: flag. List every system with everyone who runs it, and every function that others report.

-- section: head
SELECT h.name, b.population_count AS population, b.population_on, b.loti_member, b.loti_on, b.mailbox,
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM skills_known WHERE counts = 1) AS stating_skills,
  (SELECT COUNT(*) FROM skills_known k WHERE k.holder = :borough) AS skills,
  (SELECT MIN(f.state) FROM files f WHERE f.holder = :borough AND f.kind = 'systems') AS systems_state,
  (SELECT COUNT(*) FROM files f WHERE f.holder = :borough AND f.kind <> 'skills' AND f.state = 'unread') AS unread
FROM holders h
LEFT JOIN boroughs b ON b.id = h.id
WHERE h.id = :borough;

-- section: systems
SELECT u.system, t.thing, u.name, s.status, u.last_seen, u.seen, u.instance_of, o.name AS owner_name, k.confidence
FROM systems_in_use u
JOIN things_in_use t ON t.facet = 'product' AND t.system = u.system
JOIN systems s ON s.ref = u.system
LEFT JOIN systems w ON w.ref = u.instance_of
LEFT JOIN holders o ON o.id = w.holder
LEFT JOIN record_confidence k ON k.record_kind = 'system' AND k.record = u.system
WHERE u.holder = :borough;

-- section: functions
SELECT f.system, f.function, COALESCE(n.name, f.function) AS name, a.name AS area
FROM functions_of_systems f
JOIN systems_in_use u ON u.system = f.system AND u.holder = :borough
LEFT JOIN functions n ON n.id = f.function
LEFT JOIN areas a ON f.function LIKE a.id || '/%'
ORDER BY f.system, 4, 3;

-- section: others
SELECT t.thing, t.holder, h.name, h.counts, b.mailbox, MAX(t.last_seen) AS last_seen, MAX(CASE t.seen WHEN 'recent' THEN 1 ELSE 0 END) AS recent
FROM things_in_use t
JOIN holders h ON h.id = t.holder
LEFT JOIN boroughs b ON b.id = t.holder
WHERE t.facet = 'product' AND t.holder <> :borough
  AND t.thing IN (SELECT thing FROM things_in_use WHERE facet = 'product' AND holder = :borough)
GROUP BY t.thing, t.holder, h.name, h.counts, b.mailbox;

-- section: same_function
SELECT f.function, u.holder, h.name AS holder_name, b.mailbox, i.thing, u.name, u.last_seen, CASE u.seen WHEN 'recent' THEN 1 ELSE 0 END AS recent
FROM functions_of_systems f
JOIN systems_in_use u ON u.system = f.system AND u.counts = 1 AND u.holder <> :borough
JOIN things_in_use i ON i.facet = 'product' AND i.system = u.system
JOIN holders h ON h.id = u.holder
LEFT JOIN boroughs b ON b.id = u.holder
WHERE f.function IN (
  SELECT g.function FROM functions_of_systems g JOIN things_in_use t ON t.facet = 'product' AND t.system = g.system AND t.holder = :borough
  WHERE t.thing NOT IN (SELECT thing FROM things_in_use WHERE facet = 'product' AND holder IN (SELECT authority FROM authorities) AND holder <> :borough)
);

-- section: own_contracts
SELECT contract FROM contract_holders WHERE holder = :borough;

-- section: dated
SELECT COUNT(*) AS contracts, COALESCE(SUM(CASE f.state WHEN 'current' THEN 1 ELSE 0 END), 0) AS dated
FROM contracts_in_force f JOIN contract_holders h ON h.contract = f.contract AND h.holder = :borough;

-- table: undated_functions
SELECT DISTINCT t.thing AS function, t.name
FROM things_in_use t
WHERE t.facet = 'function' AND t.holder = :borough
  AND t.thing NOT IN (
    SELECT c.thing
    FROM thing_contracts c
    JOIN contract_states s ON s.contract = c.contract AND s.state IN ('current', 'not begun')
    JOIN contract_holders h ON h.contract = c.contract AND h.holder = :borough
    WHERE c.facet = 'function');

-- section: undated
SELECT f.function, f.name, c.ref AS contract, c.title, r.supplier_name, x.state, x.next_exit, x.next_exit_about, x.decide_by, x.too_short, w.binding_end,
  w.latest_end, w.about, c.start_date, c.end_date, w.yearly_value_pence, CASE WHEN b.contract IS NULL THEN 0 ELSE 1 END AS bundle
FROM undated_functions f
LEFT JOIN (
  SELECT t.thing, t.contract
  FROM thing_contracts t
  JOIN contract_states s ON s.contract = t.contract AND s.state IN ('unknown', 'end passed', 'term passed')
  JOIN contract_holders h ON h.contract = t.contract AND h.holder = :borough
  WHERE t.facet = 'function'
) m ON m.thing = f.function
LEFT JOIN contracts c ON c.ref = m.contract
LEFT JOIN contract_states x ON x.contract = c.ref
LEFT JOIN contract_terms w ON w.contract = c.ref
LEFT JOIN contract_resolved r ON r.contract = c.ref
LEFT JOIN contract_bundles b ON b.contract = c.ref
ORDER BY f.function, c.ref;

-- section: open_to_it
SELECT c.ref AS contract, c.title, r.supplier_name, h.name AS holder_name, c.open_to_others_how AS how, c.open_to_others_until AS until,
  w.yearly_value_pence, b.products, x.state
FROM contract_open_to_others_named n
JOIN settings t ON 1 = 1
JOIN contracts c ON c.ref = n.contract
JOIN contract_states x ON x.contract = c.ref AND x.state IN ('current', 'unknown', 'not begun')
JOIN contract_resolved r ON r.contract = c.ref
JOIN contract_terms w ON w.contract = c.ref
JOIN holders h ON h.id = c.holder
LEFT JOIN contract_bundles b ON b.contract = c.ref
WHERE n.named_authority = :borough
  AND c.ref NOT IN (SELECT contract FROM contract_holders WHERE holder = :borough)
  AND (c.open_to_others_until IS NULL OR c.open_to_others_until >= SUBSTR(t.as_of, 1, LENGTH(c.open_to_others_until)))
ORDER BY c.open_to_others_until, c.ref;

-- section: contract_holders
SELECT h.contract, h.holder, n.name
FROM contract_holders h
JOIN holders n ON n.id = h.holder
WHERE h.contract IN (SELECT contract FROM contract_holders WHERE holder = :borough)
ORDER BY h.contract, n.counts DESC, n.name;

-- table: elsewhere
SELECT r.function, n.name, COUNT(DISTINCT r.holder) AS others
FROM reported_functions r
JOIN functions n ON n.id = r.function
WHERE r.counts = 1 AND r.function NOT IN (SELECT function FROM reported_functions WHERE holder = :borough)
  AND NOT EXISTS (SELECT 1 FROM files WHERE holder = :borough AND kind <> 'skills' AND state = 'unread')
GROUP BY r.function, n.name;

-- section: elsewhere
SELECT function, name, others FROM elsewhere ORDER BY others DESC, name;

-- section: elsewhere_products
SELECT e.function, u.name, COUNT(DISTINCT u.holder) AS boroughs
FROM elsewhere e
JOIN functions_of_systems f ON f.function = e.function
JOIN systems_in_use u ON u.system = f.system AND u.counts = 1
GROUP BY e.function, u.name
ORDER BY e.function, 3 DESC, u.name;
