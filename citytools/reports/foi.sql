-- title: FOI questionnaire
-- question: Can the questionnaire on systems and contracts that councils keep receiving be answered from here?
-- chapter: One page about
-- example: citytools report foi hackney --format xlsx --output questionnaire.xlsx
-- argument borough: holder. The borough or body that was asked.
-- option all: flag. List also systems planned or no longer in use, and contracts that have ended or not begun.
-- list function: function. Only systems and contracts for this function or area.
-- parameter everything: 1 to list also what is not in use or in force

-- table: asked_systems
SELECT s.ref AS system, s.instance_of,
  CASE
    WHEN u.system IS NOT NULL THEN 'in use'
    WHEN s.status IN ('planned', 'in-procurement', 'trial') AND (s.until IS NULL OR s.until >= SUBSTR(t.as_of, 1, LENGTH(s.until))) THEN s.status
    ELSE 'no longer in use'
  END AS standing
FROM systems s
JOIN settings t ON 1 = 1
JOIN systems_known k ON k.system = s.ref
LEFT JOIN systems_in_use u ON u.system = s.ref
WHERE s.holder = :borough
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.ref IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function));

-- table: pairs
SELECT a.system, v.contract FROM asked_systems a JOIN contract_covers v ON v.system = a.system
UNION
SELECT a.system, v.contract FROM asked_systems a JOIN contract_covers v ON v.system = a.instance_of;

-- table: asked_contracts
SELECT h.contract, x.state
FROM contract_holders h
JOIN contract_states x ON x.contract = h.contract
WHERE h.holder = :borough AND x.state <> 'not known'
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR h.contract IN (SELECT contract FROM pairs)
    OR h.contract IN (SELECT f.contract FROM contract_contents f JOIN param_function p ON p.value = f.function));

-- table: listed_systems
SELECT system, instance_of, standing FROM asked_systems WHERE :everything = 1 OR standing = 'in use';

-- table: listed_contracts
SELECT contract, state FROM asked_contracts WHERE :everything = 1 OR state IN ('current', 'unknown', 'end passed', 'term passed');

-- table: paired
SELECT p.system, p.contract
FROM pairs p JOIN listed_systems l ON l.system = p.system JOIN listed_contracts c ON c.contract = p.contract;

-- table: lines
SELECT l.system, p.contract
FROM listed_systems l
LEFT JOIN paired p ON p.system = l.system
UNION ALL
SELECT NULL, c.contract
FROM listed_contracts c
WHERE c.contract NOT IN (SELECT contract FROM paired);

-- section: lines
SELECT system, contract FROM lines ORDER BY system, contract;

-- section: systems
SELECT l.system, l.standing, COALESCE(p.name, s.name, s.product) AS product, CASE WHEN s.product IS NULL THEN 0 ELSE 1 END AS by_product,
  m.supplier_name AS maker, s.hosting, s.users, y.last_seen, o.name AS owner_name,
  CASE WHEN y.last_seen >= t.systems_fresh_from THEN 1 ELSE 0 END AS recent
FROM listed_systems l
JOIN settings t ON 1 = 1
JOIN systems s ON s.ref = l.system
JOIN system_resolved r ON r.system = l.system
LEFT JOIN products p ON p.id = r.product
LEFT JOIN system_makers m ON m.system = l.system
LEFT JOIN system_last_seen y ON y.system = l.system
LEFT JOIN systems w ON w.ref = l.instance_of
LEFT JOIN holders o ON o.id = w.holder
WHERE l.system IN (SELECT system FROM lines);

-- section: contracts
SELECT l.contract, l.state, c.title, r.supplier_name AS supplier, c.start_date, c.signed, c.end_date, c.end_basis, c.term_months, c.notice_months,
  c.rolls_months, w.binding_end, w.about, c.value_amount_pence, c.value_amount_to_pence, c.value_precision, c.value_for, c.value_vat, b.products,
  y.last_seen, a.amount_pence AS own_share_pence, CASE WHEN y.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent
FROM listed_contracts l
JOIN settings t ON 1 = 1
JOIN contracts c ON c.ref = l.contract
JOIN contract_terms w ON w.contract = l.contract
JOIN contract_resolved r ON r.contract = l.contract
LEFT JOIN contract_bundles b ON b.contract = l.contract
LEFT JOIN contract_last_seen y ON y.contract = l.contract
LEFT JOIN (SELECT contract, MAX(amount_pence) AS amount_pence FROM contract_parties WHERE party = :borough GROUP BY contract) a ON a.contract = l.contract
WHERE l.contract IN (SELECT contract FROM lines);

-- section: functions
SELECT DISTINCT 'system' AS record_kind, f.system AS record, COALESCE(n.name, f.function) AS name
FROM functions_of_systems f JOIN lines l ON l.system = f.system LEFT JOIN functions n ON n.id = f.function
UNION
SELECT 'contract', c.contract, COALESCE(n.name, c.function)
FROM contract_contents c JOIN lines l ON l.contract = c.contract LEFT JOIN functions n ON n.id = c.function
WHERE c.function IS NOT NULL
ORDER BY 1, 2, 3;

-- section: covered
SELECT DISTINCT v.contract, s.ref AS system, COALESCE(p.name, s.name) AS product, s.holder, h.name AS holder_name
FROM lines l
JOIN contract_covers v ON v.contract = l.contract
JOIN systems s ON s.ref = v.system
JOIN system_resolved r ON r.system = s.ref
JOIN holders h ON h.id = s.holder
LEFT JOIN products p ON p.id = r.product
WHERE l.system IS NULL
ORDER BY v.contract, s.ref;

-- section: technologies
SELECT 'system' AS record_kind, x.system AS record, x.technology
FROM system_technologies x
WHERE x.system IN (SELECT system FROM lines)
ORDER BY x.system, x.position;

-- section: extensions
SELECT e.contract, e.months, e.notice_months, e.status
FROM contract_extensions e
WHERE e.contract IN (SELECT contract FROM lines)
ORDER BY e.contract, e.position;

-- section: contract_holders
SELECT h.contract, h.holder, n.name
FROM contract_holders h JOIN holders n ON n.id = h.holder
WHERE h.contract IN (SELECT contract FROM lines)
ORDER BY h.contract, n.counts DESC, n.name;

-- section: withheld
SELECT w.record_kind, w.record, w.field, w.reason
FROM withheld_fields w
WHERE (w.record_kind = 'system' AND w.record IN (SELECT system FROM lines UNION SELECT v.system FROM contract_covers v JOIN lines l ON l.contract = v.contract))
   OR (w.record_kind = 'contract' AND w.record IN (SELECT contract FROM lines))
ORDER BY w.record_kind, w.record, w.position;

-- section: unknown
SELECT u.record_kind, u.record, u.field, u.reason
FROM unknown_fields u
WHERE (u.record_kind = 'system' AND u.record IN (SELECT system FROM lines)) OR (u.record_kind = 'contract' AND u.record IN (SELECT contract FROM lines))
ORDER BY u.record_kind, u.record, u.position;

-- section: none
SELECT e.record_kind, e.record, e.field
FROM empty_lists e
WHERE (e.record_kind = 'system' AND e.record IN (SELECT system FROM lines)) OR (e.record_kind = 'contract' AND e.record IN (SELECT contract FROM lines));

-- section: sources
SELECT s.record_kind, s.record, s.url, s.on_date
FROM sources s
WHERE (s.record_kind = 'system' AND s.record IN (SELECT system FROM lines)) OR (s.record_kind = 'contract' AND s.record IN (SELECT contract FROM lines))
ORDER BY s.record_kind DESC, s.record, s.position;

-- section: files
SELECT k.kind, COALESCE(f.state, 'not reported') AS state
FROM record_kinds k LEFT JOIN files f ON f.kind = k.kind AND f.holder = :borough
WHERE k.kind IN ('systems', 'contracts')
ORDER BY k.position;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM asked_systems WHERE system NOT IN (SELECT system FROM listed_systems)) AS systems_left_out,
  (SELECT COUNT(*) FROM asked_contracts WHERE contract NOT IN (SELECT contract FROM listed_contracts)) AS contracts_left_out,
  (SELECT COUNT(*) FROM listed_contracts WHERE state IN ('end passed', 'term passed')) AS doubtful,
  h.name, t.systems_fresh_from, t.contracts_fresh_from
FROM settings t JOIN holders h ON h.id = :borough;
