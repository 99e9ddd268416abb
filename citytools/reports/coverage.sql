-- title: Coverage
-- question: How complete and how fresh is what the register holds of each borough, and what would cost least to add?
-- chapter: The register itself
-- example: citytools report coverage --borough camden
-- list borough: borough. Only this borough.

-- table: known_records
SELECT 'systems' AS kind, s.ref AS record, s.holder, 1 AS own, CASE WHEN u.system IS NULL THEN 0 ELSE 1 END AS counted,
  l.last_seen, s.confirmed_on
FROM systems_known k
JOIN systems s ON s.ref = k.system
LEFT JOIN systems_in_use u ON u.system = k.system
LEFT JOIN system_last_seen l ON l.system = k.system
UNION ALL
SELECT 'contracts', c.ref, h.holder, CASE WHEN h.holder = c.holder THEN 1 ELSE 0 END, CASE WHEN f.contract IS NULL THEN 0 ELSE 1 END,
  l.last_seen, CASE WHEN h.holder = c.holder THEN c.confirmed_on END
FROM contracts_known k
JOIN contracts c ON c.ref = k.contract
JOIN contract_holders h ON h.contract = k.contract
LEFT JOIN contracts_in_force f ON f.contract = k.contract
LEFT JOIN contract_last_seen l ON l.contract = k.contract
UNION ALL
SELECT 'skills', s.ref, s.holder, 1, 1, k.last_seen, s.confirmed_on
FROM skills_known k
JOIN skills s ON s.ref = k.skill;

-- table: judged_records
SELECT r.kind, r.record, r.holder, r.own, r.counted, r.last_seen, CASE WHEN r.confirmed_on <= t.as_of THEN r.confirmed_on END AS confirmed_on,
  CASE WHEN r.last_seen IS NULL THEN 'undated' WHEN r.last_seen >= k.fresh_from THEN 'recent' ELSE 'older' END AS seen
FROM known_records r
JOIN record_kinds k ON k.kind = r.kind
JOIN settings t ON 1 = 1
WHERE r.holder IN (SELECT authority FROM authorities);

-- section: boroughs
SELECT a.authority AS id, COALESCE(h.name, a.authority) AS name, COALESCE(f.functions, 0) AS functions
FROM authorities a
LEFT JOIN holders h ON h.id = a.authority
LEFT JOIN (SELECT r.holder, COUNT(DISTINCT r.function) AS functions FROM reported_functions r JOIN functions n ON n.id = r.function
           GROUP BY r.holder) f ON f.holder = a.authority
WHERE NOT EXISTS (SELECT 1 FROM param_borough) OR a.authority IN (SELECT value FROM param_borough);

-- section: kinds
SELECT a.authority AS holder, k.kind, f.state, COALESCE(r.counted, 0) AS counted, COALESCE(r.others, 0) AS others, COALESCE(r.recent, 0) AS recent,
  COALESCE(r.older, 0) AS older, COALESCE(r.undated, 0) AS undated, COALESCE(r.own_stale, 0) AS own_stale, r.last_seen,
  c.confirmed AS file_confirmed, r.record_confirmed, COALESCE(r.records_confirmed, 0) AS records_confirmed
FROM authorities a
JOIN record_kinds k ON 1 = 1
LEFT JOIN files_known f ON f.holder = a.authority AND f.kind = k.kind
LEFT JOIN (
  SELECT holder, kind, SUM(counted) AS counted, SUM(1 - counted) AS others,
    SUM(CASE WHEN counted = 1 AND seen = 'recent' THEN 1 ELSE 0 END) AS recent,
    SUM(CASE WHEN counted = 1 AND seen = 'older' THEN 1 ELSE 0 END) AS older,
    SUM(CASE WHEN counted = 1 AND seen = 'undated' THEN 1 ELSE 0 END) AS undated,
    SUM(CASE WHEN counted = 1 AND own = 1 AND seen <> 'recent' THEN 1 ELSE 0 END) AS own_stale,
    MAX(CASE WHEN counted = 1 THEN last_seen END) AS last_seen,
    MAX(CASE WHEN counted = 1 THEN confirmed_on END) AS record_confirmed,
    COUNT(CASE WHEN counted = 1 THEN confirmed_on END) AS records_confirmed
  FROM judged_records GROUP BY holder, kind
) r ON r.holder = a.authority AND r.kind = k.kind
LEFT JOIN (SELECT b.borough, b.kind, MAX(b.on_date) AS confirmed FROM borough_confirmations b JOIN settings t ON b.on_date <= t.as_of
           GROUP BY b.borough, b.kind) c ON c.borough = a.authority AND c.kind = k.file
ORDER BY a.authority, k.position;

-- section: undecided_contracts
SELECT d.holder, d.id, d.lacking
FROM (
  SELECT c.holder, c.id, c.ref,
    CASE WHEN x.state = 'term passed' THEN 'end'
         WHEN c.end_date IS NOT NULL AND c.end_basis = 'includes-options' THEN 'extensions' WHEN c.end_date IS NOT NULL THEN 'end_basis'
         WHEN c.term_months IS NOT NULL AND c.start_date IS NULL AND c.signed IS NULL THEN 'start' ELSE 'end' END AS lacking
  FROM contract_states x JOIN contracts c ON c.ref = x.contract
  WHERE x.state IN ('unknown', 'end passed', 'term passed')
    AND (NOT EXISTS (SELECT 1 FROM param_borough) OR c.holder IN (SELECT value FROM param_borough))
) d
WHERE NOT EXISTS (SELECT 1 FROM unknown_fields u WHERE u.record_kind = 'contract' AND u.record = d.ref AND u.field = d.lacking)
  AND NOT EXISTS (SELECT 1 FROM withheld_fields w WHERE w.record_kind = 'contract' AND w.record = d.ref AND w.field = d.lacking)
ORDER BY d.holder, d.lacking, d.id;

-- section: functions_of_others
SELECT a.authority AS holder, n.id AS function, n.name, p.others
FROM authorities a
JOIN (SELECT function, COUNT(DISTINCT holder) AS others FROM reported_functions WHERE counts = 1 GROUP BY function) p ON 1 = 1
JOIN functions n ON n.id = p.function
LEFT JOIN (SELECT DISTINCT holder, function FROM reported_functions) r ON r.holder = a.authority AND r.function = p.function
WHERE r.function IS NULL AND a.authority NOT IN (SELECT holder FROM files WHERE state = 'unread' AND kind <> 'skills')
ORDER BY a.authority, p.others DESC, n.name;

-- section: coverage
SELECT k.kind, k.months, k.stated, k.fresh_from, COUNT(DISTINCT CASE WHEN r.counted = 1 THEN r.record END) AS counted,
  COUNT(DISTINCT CASE WHEN r.counted = 1 AND r.seen = 'older' THEN r.record END) AS older,
  COUNT(DISTINCT CASE WHEN r.counted = 1 AND r.seen = 'undated' THEN r.record END) AS undated
FROM record_kinds k
LEFT JOIN judged_records r ON r.kind = k.kind
GROUP BY k.kind, k.position, k.months, k.stated, k.fresh_from
ORDER BY k.position;

-- section: map
SELECT (SELECT COUNT(*) FROM functions) AS functions,
  (SELECT COUNT(DISTINCT r.function) FROM reported_functions r JOIN functions n ON n.id = r.function WHERE r.counts = 1) AS functions_reported,
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  (SELECT COUNT(*) FROM systems s JOIN authorities a ON a.authority = s.holder WHERE s.ref NOT IN (SELECT system FROM systems_known)) AS later_systems,
  (SELECT COUNT(*) FROM contracts c JOIN authorities a ON a.authority = c.holder JOIN contract_states x ON x.contract = c.ref
   WHERE x.state = 'not known') AS later_contracts,
  (SELECT COUNT(*) FROM skills s JOIN authorities a ON a.authority = s.holder WHERE s.ref NOT IN (SELECT skill FROM skills_known)) AS later_skills;
