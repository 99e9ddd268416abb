-- title: Opportunities
-- question: Which authorities could buy together, from when, and by when must the first of them decide?
-- chapter: Buying together
-- example: citytools report opportunities --by function --borough sutton --within 48
-- option by: product | function | supplier. What they have in common: the product, what it is for whatever the product, or who signed.
-- option tolerance: 0 to 60, default 6. How many months after its start a joint contract may be joined.
-- option within: 0 to 240, default 36. Joint contracts that start within so many months.
-- option min_boroughs: 1 to 999, default 2. Leave out what fewer boroughs could join.
-- option in_time: flag. Leave out what any member is too late for.
-- list borough: holder. Only what this borough could join; several: all of them.
-- list function: function. Only contracts for this function or area.
-- parameter facet: product, function or contracted-supplier
-- parameter until_month: the last month in which a joint contract may start, as its number

-- table: current
SELECT t.thing, t.contract
FROM thing_contracts t
JOIN contract_states s ON s.contract = t.contract
WHERE t.facet = :facet AND s.state = 'current' AND t.contract NOT IN (SELECT contract FROM contract_successors)
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR (t.facet = 'function' AND t.thing IN (SELECT value FROM param_function))
    OR (t.facet <> 'function' AND t.contract IN (SELECT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function)));

-- table: leaving
SELECT c.thing, c.contract, e.exit_month
FROM current c
JOIN contract_exits e ON e.contract = c.contract
JOIN settings t ON SUBSTR(e.exit_date, 1, e.known_to) >= SUBSTR(t.as_of, 1, e.known_to)
WHERE e.exit_month <= :until_month + :tolerance;

-- table: joined
SELECT DISTINCT w.thing, w.exit_month AS start_month, l.contract
FROM (SELECT DISTINCT thing, exit_month FROM leaving WHERE exit_month <= :until_month) w
JOIN leaving l ON l.thing = w.thing AND l.exit_month BETWEEN w.exit_month AND w.exit_month + :tolerance;

-- table: sizes
SELECT thing, start_month, COUNT(*) AS contracts FROM joined GROUP BY thing, start_month HAVING COUNT(*) > 1;

-- table: contained
SELECT DISTINCT j.thing, j.start_month
FROM (
  SELECT a.thing, a.start_month, b.start_month AS other_month, COUNT(*) AS shared
  FROM joined a JOIN joined b ON b.thing = a.thing AND b.contract = a.contract AND b.start_month <> a.start_month
  GROUP BY a.thing, a.start_month, b.start_month
) j
JOIN sizes s ON s.thing = j.thing AND s.start_month = j.start_month AND s.contracts = j.shared
JOIN sizes o ON o.thing = j.thing AND o.start_month = j.other_month AND o.contracts > j.shared;

-- table: with_boroughs
SELECT j.thing, j.start_month
FROM joined j JOIN contract_holders h ON h.contract = j.contract JOIN param_borough p ON p.value = h.holder
GROUP BY j.thing, j.start_month
HAVING COUNT(DISTINCT p.value) = (SELECT COUNT(DISTINCT value) FROM param_borough);

-- table: chosen
SELECT j.thing, j.start_month, j.contract
FROM joined j
JOIN sizes s ON s.thing = j.thing AND s.start_month = j.start_month
LEFT JOIN contained c ON c.thing = j.thing AND c.start_month = j.start_month
LEFT JOIN with_boroughs b ON b.thing = j.thing AND b.start_month = j.start_month
WHERE c.thing IS NULL AND (b.thing IS NOT NULL OR NOT EXISTS (SELECT 1 FROM param_borough));

-- table: contracted
SELECT DISTINCT t.thing, h.holder
FROM thing_contracts t
JOIN contract_states s ON s.contract = t.contract AND s.state IN ('current', 'unknown', 'end passed')
JOIN contract_holders h ON h.contract = t.contract
WHERE t.facet = :facet;

-- table: names
SELECT thing, MIN(name) AS name FROM things_in_use WHERE facet = :facet GROUP BY thing;

-- section: sets
SELECT DISTINCT c.thing, n.name, c.start_month, c.contract
FROM chosen c
JOIN names n ON n.thing = c.thing
ORDER BY c.thing, c.start_month, c.contract;

-- table: near
SELECT DISTINCT thing, contract FROM current WHERE thing IN (SELECT thing FROM chosen);

-- section: near
SELECT thing, contract FROM near ORDER BY thing, contract;

-- section: exits
SELECT e.contract, e.exit_date, e.exit_month, e.about, e.kind, e.notice_by, e.decide_by
FROM contract_exits e
JOIN settings t ON SUBSTR(e.exit_date, 1, e.known_to) >= SUBSTR(t.as_of, 1, e.known_to)
WHERE e.contract IN (SELECT contract FROM near)
ORDER BY e.contract, e.exit_date;

-- section: contracts
SELECT DISTINCT c.ref AS contract, c.title, r.supplier_name, w.yearly_value_pence, w.total_value_pence, w.lead_months, w.mobilisation_months,
  w.assumptions, b.products, k.confidence, CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, l.last_seen
FROM contracts c
JOIN settings t ON 1 = 1
JOIN contract_terms w ON w.contract = c.ref
JOIN contract_resolved r ON r.contract = c.ref
LEFT JOIN contract_bundles b ON b.contract = c.ref
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = c.ref
LEFT JOIN contract_last_seen l ON l.contract = c.ref
WHERE c.ref IN (SELECT contract FROM chosen);

-- section: contract_holders
SELECT h.contract, h.holder, n.name, n.counts
FROM contract_holders h JOIN holders n ON n.id = h.holder
ORDER BY h.contract, n.counts DESC, n.name;

-- section: possible
SELECT t.thing, t.contract, c.title, c.end_date, c.end_basis, s.state
FROM thing_contracts t
JOIN contracts c ON c.ref = t.contract
JOIN contract_states s ON s.contract = t.contract
JOIN settings d ON 1 = 1
WHERE t.facet = :facet AND t.thing IN (SELECT thing FROM chosen) AND t.contract NOT IN (SELECT contract FROM contract_successors)
  AND (s.state = 'unknown' OR (s.state = 'end passed' AND c.end_date >= SUBSTR(d.contracts_fresh_from, 1, LENGTH(c.end_date))))
ORDER BY t.thing, CASE WHEN c.end_date IS NULL THEN 1 ELSE 0 END, c.end_date, t.contract;

-- section: users
SELECT DISTINCT u.thing, u.holder, h.name
FROM things_in_use u
JOIN holders h ON h.id = u.holder AND h.counts = 1
LEFT JOIN contracted c ON c.thing = u.thing AND c.holder = u.holder
WHERE u.facet = :facet AND u.thing IN (SELECT thing FROM chosen) AND c.holder IS NULL
ORDER BY u.thing, h.name;

-- section: systems
SELECT DISTINCT v.contract, u.system, u.name, h.name AS holder_name, s.rating_value_for_money AS value_for_money, s.rating_capability AS capability
FROM contract_covers v
JOIN systems_in_use u ON u.system = v.system
JOIN systems s ON s.ref = u.system
JOIN holders h ON h.id = u.holder
WHERE v.contract IN (SELECT contract FROM chosen)
ORDER BY v.contract, h.name, u.system;

-- section: connections
SELECT v.contract, x.system, h.name AS holder_name, COALESCE(o.name, p.name, x.to_system) AS other, x.method
FROM contract_covers v
JOIN connections x ON x.system = v.system
JOIN systems_in_use u ON u.system = x.system
JOIN holders h ON h.id = u.holder
LEFT JOIN systems_in_use o ON o.system = x.to_system
LEFT JOIN products p ON p.id = x.to_system
WHERE v.contract IN (SELECT contract FROM chosen)
UNION
SELECT v.contract, x.to_system, h.name, o.name, x.method
FROM contract_covers v
JOIN connections x ON x.to_system = v.system
JOIN systems_in_use o ON o.system = x.system
JOIN holders h ON h.id = o.holder
WHERE v.contract IN (SELECT contract FROM chosen)
ORDER BY 1, 2, 4;

-- section: frameworks
SELECT DISTINCT f.id, f.name, f.who, f.open_from, f.open_until, t.thing
FROM frameworks f
LEFT JOIN (
  SELECT x.thing, c.route_framework AS framework
  FROM thing_contracts x JOIN contracts c ON c.ref = x.contract
  WHERE x.facet = :facet AND c.route_framework IS NOT NULL
) t ON t.framework = f.id
WHERE f.open_until IS NOT NULL OR t.thing IN (SELECT thing FROM chosen)
ORDER BY f.name, t.thing;

-- section: open_to_others
SELECT DISTINCT t.thing, c.ref AS contract, c.title, n.named_authority AS holder, h.name, c.open_to_others_how AS how, c.open_to_others_until AS until
FROM contract_open_to_others_named n
JOIN contracts c ON c.ref = n.contract
JOIN holders h ON h.id = n.named_authority
JOIN contract_states s ON s.contract = c.ref AND s.state IN ('current', 'unknown', 'not begun')
JOIN thing_contracts t ON t.contract = c.ref AND t.facet = :facet
LEFT JOIN contract_holders p ON p.contract = c.ref AND p.holder = n.named_authority
WHERE p.holder IS NULL
ORDER BY t.thing, c.ref, h.name;

-- section: buying_times
SELECT up_to_pence, months FROM buying_times ORDER BY position;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT contract) FROM current) AS dated,
  (SELECT COUNT(DISTINCT h.holder) FROM current c JOIN contract_holders h ON h.contract = c.contract
   JOIN holders n ON n.id = h.holder AND n.counts = 1) AS with_date,
  (SELECT COUNT(DISTINCT contract) FROM contract_states WHERE state = 'current') AS all_dated,
  (SELECT COUNT(DISTINCT contract) FROM contract_states WHERE state IN ('unknown', 'end passed')) AS undated,
  (SELECT COUNT(*) FROM contract_states WHERE state = 'current' AND contract IN (SELECT contract FROM contract_successors)) AS succeeded,
  (SELECT COUNT(DISTINCT thing) FROM current) AS things,
  t.unknown_value_buying_months, t.assumed_term_months, t.contracts_fresh_from AS fresh_from
FROM settings t;
