-- What docs/dataset.md asks of the index. The tables before the first question are made first; each question has a name.

CREATE TABLE records AS
SELECT 'system' AS kind, ref, holder, id, 'technology' AS file, confirmed_on FROM systems
UNION ALL SELECT 'contract', ref, holder, id, 'contracts', confirmed_on FROM contracts
UNION ALL SELECT 'skill', ref, holder, id, 'skills', confirmed_on FROM skills;

CREATE TABLE evidence AS
SELECT r.holder, s.url, s.on_date, s.confidence
FROM records r JOIN sources s ON s.record_kind = r.kind AND s.record = r.ref;

CREATE TABLE confirmations AS
SELECT r.kind, r.ref, r.holder, c.on_date
FROM records r
JOIN (
  SELECT borough AS holder, kind AS file, on_date FROM borough_confirmations
  UNION ALL SELECT body, kind, on_date FROM body_confirmations
) c ON c.holder = r.holder AND c.file = r.file
UNION ALL SELECT kind, ref, holder, confirmed_on FROM records WHERE confirmed_on IS NOT NULL;

CREATE TABLE contract_ends AS
SELECT c.ref AS contract,
  CASE WHEN COALESCE(t.binding_end, t.latest_end) IS NOT NULL THEN 'end'
    WHEN COALESCE(c.end_date, t.original_end) IS NOT NULL THEN 'date' ELSE 'nothing' END AS known
FROM contracts c JOIN contract_terms t ON t.contract = c.ref;

-- Who has what for which function, whatever its state; reported_functions adds those who say that their list is whole.
CREATE TABLE uses AS
SELECT f.function, s.holder, s.ref AS system, l.last_seen, u.system AS in_use
FROM functions_of_systems f
JOIN systems s ON s.ref = f.system
LEFT JOIN system_last_seen l ON l.system = s.ref
LEFT JOIN systems_in_use u ON u.system = s.ref
UNION ALL
SELECT f.function, h.holder, NULL, l.last_seen, NULL
FROM contract_functions f
JOIN contract_holders h ON h.contract = f.contract
LEFT JOIN contract_last_seen l ON l.contract = f.contract
UNION ALL
SELECT function, holder, NULL, NULL, NULL FROM reported_functions;

CREATE TABLE functions_by_area AS
SELECT f.id, f.name, a.id AS area, a.name AS area_name,
  CASE WHEN f.id IN (SELECT function FROM uses WHERE system IS NOT NULL) THEN 'system'
    WHEN f.id IN (SELECT function FROM uses) THEN 'contract' ELSE 'nothing' END AS known_by
FROM functions f JOIN areas a ON a.id = SUBSTR(f.id, 1, INSTR(f.id, '/') - 1);

-- Records in a thin spot: resting on inference alone, undated, without an end, without a product of the catalogue.
CREATE TABLE thin AS
SELECT 'low' AS spot, r.*
FROM records r JOIN record_confidence c ON c.record_kind = r.kind AND c.record = r.ref AND c.confidence = 'low'
UNION ALL SELECT 'undated', r.* FROM records r JOIN system_last_seen l ON l.system = r.ref AND r.kind = 'system' AND l.last_seen IS NULL
UNION ALL SELECT 'endless', r.*
FROM records r JOIN contract_ends e ON e.contract = r.ref AND r.kind = 'contract' AND e.known = 'nothing'
UNION ALL SELECT 'unlisted', r.* FROM records r JOIN systems s ON s.ref = r.ref AND r.kind = 'system' AND s.product IS NULL;

-- A share in another holder's system is told with that system, where this stands in the same spot.
CREATE TABLE thin_shares AS
SELECT t.spot, t.ref AS share, o.ref AS owner
FROM thin t
JOIN systems s ON s.ref = t.ref AND t.kind = 'system'
JOIN thin o ON o.ref = s.instance_of AND o.kind = 'system' AND o.spot = t.spot;

-- question: totals
SELECT
  (SELECT COUNT(*) FROM systems) AS systems,
  (SELECT COUNT(*) FROM systems_in_use) AS in_use,
  (SELECT COUNT(*) FROM contracts) AS contracts,
  (SELECT COUNT(*) FROM skills) AS skills,
  (SELECT COUNT(*) FROM records) AS records,
  (SELECT COUNT(*) FROM (SELECT DISTINCT kind, ref FROM confirmations)) AS confirmed,
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  (SELECT COUNT(*) FROM functions_by_area) AS functions,
  (SELECT COUNT(*) FROM functions_by_area WHERE known_by = 'nothing') AS unreported,
  (SELECT COUNT(*) FROM functions_by_area WHERE known_by = 'contract') AS by_contract_only,
  (SELECT COUNT(*) FROM contract_ends WHERE known = 'date') AS unsure_ends,
  (SELECT COUNT(*) FROM areas) AS areas,
  (SELECT COUNT(*) FROM areas WHERE id NOT IN (SELECT area FROM functions_by_area WHERE known_by <> 'nothing')) AS silent_areas,
  e.*, t.as_of, t.systems_fresh_from AS fresh_from, t.freshness_months AS months
FROM settings t
JOIN (
  SELECT COUNT(*) AS sources, COUNT(DISTINCT url) AS pages, COUNT(*) - COUNT(on_date) AS undated, COUNT(*) - COUNT(confidence) AS unjudged,
    MIN(on_date) AS oldest, MAX(on_date) AS newest
  FROM evidence
) e ON 1 = 1;

-- question: holders
SELECT h.name, h.counts,
  (SELECT COUNT(*) FROM systems x WHERE x.holder = h.id) AS systems,
  (SELECT COUNT(*) FROM contracts x WHERE x.holder = h.id) AS contracts,
  (SELECT COUNT(*) FROM contract_holders x WHERE x.holder = h.id) AS parts,
  (SELECT COUNT(*) FROM skills x WHERE x.holder = h.id) AS skills,
  (SELECT COUNT(*) FROM evidence x WHERE x.holder = h.id) AS sources,
  (SELECT COUNT(*) FROM evidence x WHERE x.holder = h.id AND x.confidence = 'high') AS high,
  (SELECT COUNT(*) FROM evidence x WHERE x.holder = h.id AND x.confidence = 'medium') AS medium,
  (SELECT COUNT(*) FROM evidence x WHERE x.holder = h.id AND x.confidence = 'low') AS low,
  (SELECT MAX(x.on_date) FROM (SELECT holder, on_date FROM evidence UNION ALL SELECT holder, on_date FROM confirmations) x
   WHERE x.holder = h.id) AS last_seen,
  (SELECT COUNT(*) FROM systems x JOIN system_last_seen l ON l.system = x.ref JOIN settings t ON l.last_seen >= t.systems_fresh_from
   WHERE x.holder = h.id) AS recent
FROM holders h
ORDER BY LOWER(h.name);

-- question: areas
SELECT f.area_name AS area, NULL AS function, COUNT(DISTINCT f.id) AS functions,
  COUNT(DISTINCT CASE WHEN f.known_by = 'system' THEN f.id END) AS with_system,
  COUNT(DISTINCT CASE WHEN h.counts = 1 THEN u.holder END) AS authorities,
  COUNT(DISTINCT u.system) AS systems, COUNT(DISTINCT u.in_use) AS in_use, MAX(u.last_seen) AS last_seen
FROM functions_by_area f LEFT JOIN uses u ON u.function = f.id LEFT JOIN holders h ON h.id = u.holder
GROUP BY f.area, f.area_name
UNION ALL
SELECT f.area_name, f.name, 1, 1,
  COUNT(DISTINCT CASE WHEN h.counts = 1 THEN u.holder END), COUNT(DISTINCT u.system), COUNT(DISTINCT u.in_use), MAX(u.last_seen)
FROM functions_by_area f JOIN uses u ON u.function = f.id JOIN holders h ON h.id = u.holder
WHERE f.known_by = 'system'
GROUP BY f.id, f.area_name, f.name
ORDER BY 1, 2 NULLS FIRST;

-- question: gaps
SELECT area_name AS area, name, known_by, (SELECT COUNT(*) FROM functions_by_area x WHERE x.area = f.area) AS functions
FROM functions_by_area f
WHERE known_by <> 'system'
ORDER BY area_name, name;

-- question: thin
SELECT d.spot, h.name, d.id, d.kind,
  (SELECT COUNT(*) FROM thin_shares x WHERE x.spot = d.spot AND x.owner = d.ref AND d.kind = 'system') AS shares,
  (SELECT COUNT(*) FROM records x WHERE x.holder = d.holder AND (x.kind = d.kind OR d.spot = 'low')) AS among
FROM thin d
JOIN holders h ON h.id = d.holder
LEFT JOIN thin_shares s ON s.spot = d.spot AND s.share = d.ref AND d.kind = 'system'
WHERE s.share IS NULL
ORDER BY d.spot, h.counts DESC, LOWER(h.name), d.id;

-- question: same_name
SELECT MIN(s.name) AS name, COUNT(DISTINCT s.holder) AS authorities
FROM systems s JOIN system_resolved r ON r.system = s.ref JOIN authorities a ON a.authority = s.holder
WHERE s.product IS NULL AND s.instance_of IS NULL
GROUP BY r.plain_name
HAVING COUNT(DISTINCT s.holder) > 1
ORDER BY 2 DESC, 1;

-- question: example
SELECT ref, file, line, end_date
FROM contracts
WHERE end_date IS NOT NULL AND ref NOT IN (SELECT ref FROM systems)
ORDER BY CASE ref WHEN :ref THEN 0 ELSE 1 END, ref
LIMIT 1;
