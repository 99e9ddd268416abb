-- title: Renewals
-- question: Which contracts have to be decided on, by when, and for which is it already late?
-- chapter: Buying together
-- example: citytools report renewals --months 12 --function revenues --format ics --output decide.ics
-- option months: 0 to 1200, default 24. How far ahead to look for decide-by dates.
-- option all: flag. List contracts without a known end too.
-- list borough: holder. Only contracts that this borough has a part in.
-- list function: function. Only contracts for this function or area.
-- list supplier: supplier. Only contracts with this supplier, or for what it makes.
-- also ics: a calendar to subscribe to or import
-- parameter until: the last decide-by day to show (ISO date)
-- parameter until_month: its month number
-- parameter everything: 1 to show also contracts of which no end is known, or whose stated end passed long ago

-- table: asked
SELECT s.contract, s.state, s.next_exit, s.decide_by, n.successor
FROM contract_states s
LEFT JOIN contract_successors n ON n.contract = s.contract
WHERE (NOT EXISTS (SELECT 1 FROM param_borough)
    OR s.contract IN (SELECT h.contract FROM contract_holders h JOIN param_borough p ON p.value = h.holder))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.contract IN (SELECT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function))
  AND (NOT EXISTS (SELECT 1 FROM param_supplier)
    OR s.contract IN (SELECT b.contract FROM contract_suppliers b JOIN param_supplier p ON p.value = b.supplier));

-- table: due
SELECT contract FROM asked WHERE state = 'current' AND successor IS NULL AND decide_by <= :until;

-- table: uncertain
SELECT a.contract,
  CASE WHEN c.end_date IS NULL THEN 'no end'
       WHEN a.state = 'end passed' THEN 'end passed'
       ELSE 'options unclear' END AS doubt,
  c.end_date_month - CASE WHEN c.notice_months > w.lead_months THEN c.notice_months ELSE w.lead_months END AS decide_month
FROM asked a
JOIN contracts c ON c.ref = a.contract
JOIN contract_terms w ON w.contract = a.contract
JOIN settings t ON 1 = 1
WHERE a.state IN ('unknown', 'end passed') AND a.successor IS NULL
  AND (:everything = 1
    OR (a.state = 'end passed' AND c.end_date >= SUBSTR(t.contracts_fresh_from, 1, LENGTH(c.end_date)))
    OR (a.state = 'unknown'
      AND c.end_date_month - CASE WHEN c.notice_months > w.lead_months THEN c.notice_months ELSE w.lead_months END <= :until_month));

-- section: decisions
SELECT d.contract, c.title, r.supplier_name, e.exit_date, e.about, e.kind, e.decide_by, e.notice_by, e.start_buying_by, e.assumption, e.too_short,
  w.yearly_value_pence, w.total_value_pence, w.assumptions, b.products, c.rolls_months, c.plan_intention, c.plan_approach_market,
  l.last_seen, CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence
FROM due d
JOIN contracts c ON c.ref = d.contract
JOIN settings t ON 1 = 1
JOIN asked a ON a.contract = d.contract
JOIN contract_exits e ON e.contract = d.contract AND e.exit_date = a.next_exit
JOIN contract_terms w ON w.contract = d.contract
JOIN contract_resolved r ON r.contract = d.contract
LEFT JOIN contract_bundles b ON b.contract = d.contract
LEFT JOIN contract_last_seen l ON l.contract = d.contract
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = d.contract
ORDER BY e.decide_by, d.contract;

-- section: later_exits
SELECT d.contract, e.exit_date, e.about, e.kind, e.decide_by, e.too_short
FROM due d
JOIN asked a ON a.contract = d.contract
JOIN contract_exits e ON e.contract = d.contract AND e.exit_date > a.next_exit
ORDER BY d.contract, e.exit_date;

-- section: questions
SELECT u.contract, u.doubt, c.title, r.supplier_name, c.end_date, u.decide_month, c.end_basis,
  CASE WHEN u.doubt = 'options unclear' THEN w.lead_assumption END AS assumption, w.yearly_value_pence, w.total_value_pence, w.assumptions, b.products, c.plan_intention,
  c.plan_approach_market, l.last_seen, CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence
FROM uncertain u
JOIN contracts c ON c.ref = u.contract
JOIN settings t ON 1 = 1
JOIN contract_terms w ON w.contract = u.contract
JOIN contract_resolved r ON r.contract = u.contract
LEFT JOIN contract_bundles b ON b.contract = u.contract
LEFT JOIN contract_last_seen l ON l.contract = u.contract
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = u.contract
ORDER BY CASE u.doubt WHEN 'options unclear' THEN 1 WHEN 'end passed' THEN 2 ELSE 3 END, u.decide_month, u.contract;

-- section: contract_holders
SELECT h.contract, h.holder, n.name, n.counts
FROM contract_holders h
JOIN holders n ON n.id = h.holder
JOIN asked a ON a.contract = h.contract
WHERE a.state IN ('current', 'unknown', 'end passed')
ORDER BY h.contract, n.counts DESC, n.name;

-- section: functions
SELECT DISTINCT c.contract, f.name
FROM contract_contents c
JOIN functions f ON f.id = c.function
WHERE c.contract IN (SELECT contract FROM due UNION SELECT contract FROM uncertain)
ORDER BY c.contract, f.name;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM asked WHERE state = 'current') AS dated,
  (SELECT COUNT(*) FROM asked WHERE state IN ('current', 'unknown', 'end passed')) AS open,
  (SELECT COUNT(*) FROM asked WHERE state = 'end passed') AS end_passed,
  (SELECT COUNT(*) FROM asked WHERE state IN ('current', 'unknown', 'end passed') AND contract NOT IN (
    SELECT h.contract FROM contract_holders h JOIN holders n ON n.id = h.holder WHERE n.counts = 1)) AS of_bodies,
  (SELECT COUNT(DISTINCT h.holder) FROM asked a JOIN contract_holders h ON h.contract = a.contract JOIN holders n ON n.id = h.holder
   WHERE n.counts = 1 AND a.state = 'current') AS with_date,
  (SELECT COUNT(DISTINCT h.holder) FROM asked a JOIN contract_holders h ON h.contract = a.contract JOIN holders n ON n.id = h.holder
   WHERE n.counts = 1 AND a.state IN ('current', 'unknown', 'end passed')) AS with_open,
  (SELECT COUNT(*) FROM due d JOIN contracts c ON c.ref = d.contract WHERE c.notice_months IS NOT NULL
   OR d.contract IN (SELECT contract FROM contract_extensions WHERE notice_months IS NOT NULL)) AS with_notice,
  (SELECT COUNT(*) FROM asked WHERE state = 'current' AND successor IS NULL AND decide_by > :until) AS later,
  (SELECT COUNT(*) FROM asked WHERE state IN ('current', 'unknown', 'end passed') AND successor IS NOT NULL) AS succeeded,
  (SELECT COUNT(*) FROM asked WHERE state = 'not begun') AS not_begun,
  (SELECT COUNT(*) FROM asked a JOIN contracts c ON c.ref = a.contract
   WHERE a.state = 'unknown' AND a.successor IS NULL AND c.end_date IS NULL) AS endless,
  (SELECT COUNT(*) FROM asked WHERE state = 'end passed' AND successor IS NULL AND contract NOT IN (SELECT contract FROM uncertain)) AS long_past,
  (SELECT COUNT(*) FROM asked a JOIN contracts c ON c.ref = a.contract
   WHERE a.state = 'unknown' AND a.successor IS NULL AND c.end_date IS NOT NULL AND a.contract NOT IN (SELECT contract FROM uncertain)) AS later_unclear,
  (SELECT COUNT(*) FROM asked WHERE state = 'not known') AS first_heard_later,
  t.contracts_fresh_from AS fresh_from
FROM settings t;
