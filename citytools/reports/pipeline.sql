-- title: Pipeline
-- question: What is coming to market: what is planned, what is it worth, and what has to be bought again though no plan is stated?
-- chapter: Buying together
-- example: citytools report pipeline --months 18 --borough camden --stated
-- option months: 0 to 240, default 36. How far ahead to look for days to approach the market, and for exits where no plan is stated.
-- option intention: any | replace | renew | join | undecided. Only contracts with this plan.
-- option stated: flag. Only what someone has said is planned; nothing inferred from dates.
-- option all: flag. Planned systems too that no recent source mentions.
-- list borough: holder. Only what this borough has a part in.
-- list function: function. Only what is for this function or area.
-- also ocds: planning releases (OCDS 1.1, JSON) for the plans that contracts state, as a draft

-- table: asked
SELECT s.contract
FROM contract_states s
WHERE (NOT EXISTS (SELECT 1 FROM param_borough)
    OR s.contract IN (SELECT h.contract FROM contract_holders h JOIN param_borough p ON p.value = h.holder))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.contract IN (SELECT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function));

-- table: extendable
SELECT s.contract
FROM contract_states s
JOIN contracts c ON c.ref = s.contract
JOIN contract_terms w ON w.contract = s.contract
WHERE c.rolls_months IS NOT NULL
   OR w.latest_end > s.next_exit
   OR (s.state IN ('unknown', 'end passed', 'not begun')
     AND s.contract IN (SELECT contract FROM contract_extensions WHERE COALESCE(status, 'available') = 'available'));

-- table: fates
SELECT s.contract, s.state,
  CASE
    WHEN n.successor IS NOT NULL THEN 'succeeded'
    WHEN c.plan_intention = 'retire' THEN 'retired'
    WHEN c.plan_intention = 'renew' AND c.plan_approach_market IS NULL AND x.contract IS NOT NULL THEN 'option'
    WHEN c.plan_intention IS NOT NULL OR c.plan_approach_market IS NOT NULL THEN 'planned'
    WHEN s.state = 'current' THEN CASE WHEN c.rolls_months IS NULL THEN 'inferred' ELSE 'rolling' END
    WHEN s.state IN ('not begun', 'ended') THEN s.state
    ELSE 'unclear'
  END AS fate
FROM contract_states s
JOIN contracts c ON c.ref = s.contract
LEFT JOIN contract_successors n ON n.contract = s.contract
LEFT JOIN extendable x ON x.contract = s.contract
WHERE s.state NOT IN ('replaced', 'not known');

-- table: paid_for
SELECT DISTINCT v.system
FROM contract_covers v
JOIN contract_states s ON s.contract = v.contract AND s.state IN ('current', 'unknown', 'not begun');

-- table: coming
SELECT s.ref AS system, s.holder, s.instance_of
FROM systems s
JOIN settings t ON 1 = 1
LEFT JOIN record_first_seen f ON f.record_kind = 'system' AND f.record = s.ref
WHERE s.status IN ('planned', 'in-procurement') AND (f.first_seen IS NULL OR f.first_seen <= t.as_of);

-- table: coming_fates
SELECT c.system, c.holder, c.instance_of,
  CASE WHEN p.system IS NOT NULL OR q.system IS NOT NULL THEN 'bought' WHEN o.system IS NOT NULL THEN 'share' ELSE 'system' END AS fate
FROM coming c
LEFT JOIN paid_for p ON p.system = c.system
LEFT JOIN paid_for q ON q.system = c.instance_of
LEFT JOIN coming o ON o.system = c.instance_of;

-- table: coming_holders
SELECT system, holder FROM coming_fates WHERE fate = 'system'
UNION SELECT instance_of, holder FROM coming_fates WHERE fate = 'share';

-- table: asked_systems
SELECT f.system
FROM coming_fates f
WHERE (NOT EXISTS (SELECT 1 FROM param_borough)
    OR f.holder IN (SELECT value FROM param_borough)
    OR f.system IN (SELECT h.system FROM coming_holders h JOIN param_borough p ON p.value = h.holder))
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR f.system IN (SELECT u.system FROM functions_of_systems u JOIN param_function p ON p.value = u.function));

-- section: contracts
SELECT f.contract, f.fate AS basis, f.state, c.title, r.supplier_name, c.plan_intention, c.plan_approach_market,
  s.next_exit, s.next_exit_about, s.decide_by, s.too_short, e.start_buying_by, e.assumption, c.start_date, c.end_date, w.binding_end, w.latest_end, w.about, c.rolls_months,
  w.yearly_value_pence, w.total_value_pence, w.assumptions, c.value_amount_pence, c.value_amount_to_pence, c.value_vat, b.products, c.notes,
  l.last_seen, CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence,
  CASE WHEN a.contract IS NULL THEN 0 ELSE 1 END AS asked
FROM fates f
JOIN contracts c ON c.ref = f.contract
JOIN settings t ON 1 = 1
JOIN contract_states s ON s.contract = f.contract
JOIN contract_terms w ON w.contract = f.contract
JOIN contract_resolved r ON r.contract = f.contract
LEFT JOIN asked a ON a.contract = f.contract
LEFT JOIN contract_exits e ON e.contract = f.contract AND e.exit_date = s.next_exit
LEFT JOIN contract_bundles b ON b.contract = f.contract
LEFT JOIN contract_last_seen l ON l.contract = f.contract
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = f.contract
WHERE f.fate IN ('planned', 'inferred')
ORDER BY f.contract;

-- section: contract_holders
SELECT h.contract, h.holder, n.name, n.counts
FROM contract_holders h
JOIN holders n ON n.id = h.holder
JOIN fates f ON f.contract = h.contract AND f.fate IN ('planned', 'inferred')
ORDER BY h.contract, n.counts DESC, n.name;

-- section: systems
SELECT f.system, s.status, COALESCE(s.name, p.name, s.id) AS name, r.product, m.supplier_name, s.since, s.notes, h.name AS shared_with,
  l.last_seen, CASE WHEN l.last_seen >= t.systems_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence,
  CASE WHEN a.system IS NULL THEN 0 ELSE 1 END AS asked
FROM coming_fates f
JOIN systems s ON s.ref = f.system
JOIN settings t ON 1 = 1
JOIN system_resolved r ON r.system = f.system
LEFT JOIN asked_systems a ON a.system = f.system
LEFT JOIN systems o ON o.ref = f.instance_of
LEFT JOIN holders h ON h.id = o.holder
LEFT JOIN products p ON p.id = r.product
LEFT JOIN system_makers m ON m.system = f.system
LEFT JOIN system_last_seen l ON l.system = f.system
LEFT JOIN record_confidence k ON k.record_kind = 'system' AND k.record = f.system
WHERE f.fate = 'system'
ORDER BY f.system;

-- section: system_holders
SELECT h.system AS contract, h.holder, n.name, n.counts
FROM coming_holders h
JOIN holders n ON n.id = h.holder
ORDER BY h.system, n.counts DESC, n.name;

-- section: successions
SELECT f.system, COALESCE(s.name, p.name, s.id) AS name, v.contract, c.title, x.state, x.next_exit, x.next_exit_about, x.decide_by, x.too_short,
  c.start_date, c.end_date, w.binding_end, w.latest_end, w.about
FROM coming_fates f
JOIN systems s ON s.ref = f.system
JOIN contract_covers v ON v.system = s.replaces
JOIN contract_states x ON x.contract = v.contract AND x.state NOT IN ('replaced', 'not known')
JOIN contracts c ON c.ref = v.contract
JOIN contract_terms w ON w.contract = v.contract
LEFT JOIN products p ON p.id = s.product
WHERE f.fate = 'system'
ORDER BY f.system, v.contract;

-- section: things
SELECT 'contract' AS sort, c.contract AS ref, 'function' AS facet, c.function AS thing, n.name
FROM contract_contents c
JOIN fates f ON f.contract = c.contract AND f.fate IN ('planned', 'inferred')
JOIN functions n ON n.id = c.function
UNION SELECT 'contract', c.contract, 'product', c.product, n.name
FROM contract_contents c
JOIN fates f ON f.contract = c.contract AND f.fate IN ('planned', 'inferred')
JOIN products n ON n.id = c.product
UNION SELECT 'system', u.system, 'function', u.function, n.name
FROM functions_of_systems u
JOIN coming_fates f ON f.system = u.system AND f.fate = 'system'
JOIN functions n ON n.id = u.function
UNION SELECT 'system', r.system, 'product', r.product, n.name
FROM system_resolved r
JOIN coming_fates f ON f.system = r.system AND f.fate = 'system'
JOIN products n ON n.id = r.product
ORDER BY 1, 2, 3, 5;

-- section: withheld
SELECT w.record AS contract, w.field, w.reason
FROM withheld_fields w
JOIN fates f ON f.contract = w.record AND f.fate IN ('planned', 'inferred')
WHERE w.record_kind = 'contract'
  AND w.field IN ('value', 'value.amount', 'plan', 'plan.intention', 'plan.approach_market')
ORDER BY w.record, w.position;

-- section: left_out
SELECT f.fate, COUNT(*) AS number
FROM fates f
JOIN asked a ON a.contract = f.contract
GROUP BY f.fate
UNION ALL
SELECT f.fate, COUNT(*)
FROM coming_fates f
JOIN asked_systems a ON a.system = f.system
WHERE f.fate = 'bought'
GROUP BY f.fate;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract AND s.state IN ('current', 'unknown', 'end passed')) AS open,
  (SELECT COUNT(*) FROM asked a JOIN contract_states s ON s.contract = a.contract AND s.state IN ('current', 'unknown', 'end passed')
   JOIN contracts c ON c.ref = a.contract WHERE c.plan_intention IS NOT NULL OR c.plan_approach_market IS NOT NULL) AS with_plan,
  (SELECT COUNT(DISTINCT h.holder) FROM asked a JOIN contract_states s ON s.contract = a.contract AND s.state IN ('current', 'unknown', 'end passed')
   JOIN contract_holders h ON h.contract = a.contract JOIN holders n ON n.id = h.holder AND n.counts = 1) AS with_open,
  t.assumed_term_months, t.contracts_fresh_from, t.systems_fresh_from
FROM settings t;

-- section: codes
SELECT h.id AS holder, h.name, COALESCE(b.official_name, o.official_name, h.name) AS official_name, b.gss, c.code
FROM holders h
LEFT JOIN boroughs b ON b.id = h.id
LEFT JOIN bodies o ON o.id = h.id
LEFT JOIN borough_codes c ON c.borough = h.id AND c.scheme = 'local-authority-code'
ORDER BY h.id;

-- section: cpv
SELECT c.contract, c.cpv_code
FROM contract_cpv c
JOIN fates f ON f.contract = c.contract AND f.fate = 'planned'
ORDER BY c.contract, c.position;

-- section: notices
SELECT c.contract, c.ocid, c.url
FROM contract_notices c
JOIN fates f ON f.contract = c.contract AND f.fate = 'planned'
ORDER BY c.contract, c.position;

-- section: sources
SELECT s.record AS contract, s.url, s.on_date, s.kind
FROM sources s
JOIN fates f ON f.contract = s.record AND f.fate = 'planned'
WHERE s.record_kind = 'contract'
ORDER BY s.record, s.position;
