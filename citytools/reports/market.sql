-- title: The market
-- question: Who supplies how much of what, how concentrated is it, and whose exit would leave which functions exposed?
-- chapter: The market
-- example: citytools report market --group --function planning --top 10
-- option group: flag. Count companies under their ultimate owner.
-- option top: 1 to 9999, default 20. How many rows to list in each table; the suppliers beyond are summed.
-- list borough: borough. Only what this borough has.
-- list function: function. Only systems and contracts for this function or area.
-- parameter makers: the facet of things_in_use that systems count for: supplier or supplier-group
-- parameter signers: the one that contracts count for: contracted-supplier or contracted-supplier-group

-- table: market_holders
SELECT h.id AS holder, h.counts,
  CASE WHEN h.counts = 1 AND (NOT EXISTS (SELECT 1 FROM param_borough) OR h.id IN (SELECT value FROM param_borough)) THEN 1 ELSE 0 END AS asked
FROM holders h;

-- table: market_systems
SELECT u.system, u.holder, u.name AS product_name, u.seen, u.instance_of, m.counts, m.asked, p.origin
FROM systems_in_use u
JOIN market_holders m ON m.holder = u.holder
LEFT JOIN products p ON p.id = u.product
WHERE NOT EXISTS (SELECT 1 FROM param_function)
  OR u.system IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function);

-- table: market_contracts
SELECT c.contract, MAX(m.counts) AS counts, MAX(m.asked) AS asked
FROM contracts_in_force c
JOIN contract_holders h ON h.contract = c.contract
JOIN market_holders m ON m.holder = h.holder
WHERE NOT EXISTS (SELECT 1 FROM param_function)
  OR c.contract IN (SELECT n.contract FROM contract_contents n JOIN param_function p ON p.value = n.function)
GROUP BY c.contract;

-- table: market_passed
SELECT DISTINCT s.contract, s.state
FROM contract_states s
JOIN contract_holders h ON h.contract = s.contract
JOIN market_holders m ON m.holder = h.holder AND m.asked = 1
WHERE s.state IN ('end passed', 'term passed')
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR s.contract IN (SELECT n.contract FROM contract_contents n JOIN param_function p ON p.value = n.function));

-- section: systems
SELECT m.system, m.holder, m.product_name, m.seen, m.asked, t.thing, t.name,
  CASE WHEN m.instance_of IS NULL THEN 0 ELSE 1 END AS shared,
  CASE WHEN t.thing IS NULL AND m.origin IN ('in-house', 'open-source') THEN 1 ELSE 0 END AS no_supplier,
  CASE WHEN m.origin = 'open-source' THEN 1 ELSE 0 END AS open_source,
  CASE WHEN s.rating_on > d.as_of THEN NULL ELSE s.rating_value_for_money END AS value_for_money,
  CASE WHEN s.rating_on > d.as_of THEN NULL ELSE s.rating_capability END AS capability,
  s.rating_on
FROM market_systems m
JOIN systems s ON s.ref = m.system
JOIN settings d ON 1 = 1
LEFT JOIN things_in_use t ON t.facet = :makers AND t.system = m.system
WHERE m.counts = 1
ORDER BY m.system;

-- section: contracts
SELECT m.contract, c.state, c.seen, w.yearly_value_pence, t.thing, t.name, CASE WHEN b.contract IS NULL THEN 0 ELSE 1 END AS bundle,
  CASE WHEN k.value_precision IS NULL AND k.value_amount_to_pence IS NULL THEN 0 ELSE 1 END AS rough
FROM market_contracts m
JOIN contracts k ON k.ref = m.contract
JOIN contracts_in_force c ON c.contract = m.contract
JOIN contract_terms w ON w.contract = m.contract
LEFT JOIN contract_bundles b ON b.contract = m.contract
LEFT JOIN (SELECT DISTINCT contract, thing, name FROM things_in_use WHERE facet = :signers) t ON t.contract = m.contract
WHERE m.asked = 1
ORDER BY m.contract;

-- section: contract_holders
SELECT h.contract, h.holder
FROM market_contracts m
JOIN contract_holders h ON h.contract = m.contract
JOIN market_holders n ON n.holder = h.holder
WHERE m.asked = 1 AND n.asked = 1;

-- section: functions
SELECT f.system, f.function, COALESCE(n.name, f.function) AS name
FROM market_systems m
JOIN functions_of_systems f ON f.system = m.system
LEFT JOIN functions n ON n.id = f.function
WHERE NOT EXISTS (SELECT 1 FROM param_function) OR f.function IN (SELECT value FROM param_function)
ORDER BY f.system, f.function;

-- section: companies
SELECT DISTINCT g.ultimate AS thing, s.name
FROM supplier_groups g
JOIN suppliers s ON s.id = g.supplier
JOIN things_in_use t ON t.thing = g.supplier
WHERE g.ultimate <> g.supplier AND t.facet IN ('supplier', 'contracted-supplier')
ORDER BY g.ultimate, s.name;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(*) FROM authorities
   WHERE NOT EXISTS (SELECT 1 FROM param_borough) OR authority IN (SELECT value FROM param_borough)) AS asked,
  (SELECT COUNT(*) FROM market_systems WHERE counts = 0) AS systems_of_bodies,
  (SELECT COUNT(*) FROM market_contracts WHERE counts = 0) AS contracts_of_bodies,
  (SELECT COUNT(*) FROM market_passed WHERE state = 'end passed') AS end_passed,
  (SELECT COUNT(*) FROM market_passed WHERE state = 'term passed') AS term_passed,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  (SELECT COUNT(*) FROM market_systems WHERE counts = 1 AND system NOT IN (SELECT system FROM functions_of_systems)) AS without_function,
  t.systems_fresh_from, t.contracts_fresh_from, t.freshness_months
FROM settings t;
