-- title: Overlaps
-- question: Which authorities use the same product, maker, contracting supplier, or a system for the same function?
-- chapter: Buying together
-- example: citytools report overlaps --by product --function planning --borough camden
-- option by: product | supplier | contracted-supplier | function. What to count by: the product, who makes it, who holds the contract, or what it is for.
-- option group: flag. Count suppliers under their ultimate owner.
-- option min_boroughs: 1 to 999, default 2. Leave out what fewer boroughs have.
-- since: Only the overlaps that appeared, grew, shrank or vanished since this commit, branch or tag.
-- list borough: holder. Only what this borough shares with others; several: all of them.
-- list function: function. Only systems for this function or area.
-- list supplier: supplier. Only systems or contracts of this supplier and what it owns.
-- list product: product. Only this product.
-- parameter facet: product, supplier, supplier-group, contracted-supplier, contracted-supplier-group or function

-- table: selected
SELECT t.thing, t.name, t.holder, t.system, t.contract, t.last_seen, t.seen
FROM things_in_use t
WHERE t.facet = :facet
  AND (NOT EXISTS (SELECT 1 FROM param_function)
    OR (t.facet = 'function' AND t.thing IN (SELECT value FROM param_function))
    OR (t.facet <> 'function'
      AND (t.system IN (SELECT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function)
        OR t.contract IN (SELECT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function))))
  AND (NOT EXISTS (SELECT 1 FROM param_supplier)
    OR t.system IN (SELECT m.system FROM system_makers m JOIN supplier_owners o ON o.supplier = m.supplier
                    JOIN param_supplier p ON p.value = o.owner)
    OR t.contract IN (SELECT r.contract FROM contract_resolved r JOIN supplier_owners o ON o.supplier = r.supplier
                      JOIN param_supplier p ON p.value = o.owner))
  AND (NOT EXISTS (SELECT 1 FROM param_product)
    OR t.system IN (SELECT r.system FROM system_resolved r JOIN param_product p ON p.value = r.product)
    OR t.contract IN (SELECT c.contract FROM contract_contents c JOIN param_product p ON p.value = c.product));

-- table: selected_systems
SELECT thing, system FROM selected WHERE system IS NOT NULL
UNION
SELECT t.thing, v.system FROM selected t JOIN contract_covers v ON v.contract = t.contract;

-- table: selected_contracts
SELECT thing, contract FROM selected WHERE contract IS NOT NULL
UNION
SELECT t.thing, v.contract FROM selected t JOIN contract_covers v ON v.system = t.system;

-- section: uses
SELECT t.thing, t.name, t.holder, h.name AS holder_name, h.counts, t.system, t.contract, t.last_seen, t.seen,
  COALESCE(s.confidence, k.confidence) AS confidence,
  COALESCE(y.instance_of, t.system, t.contract) AS instance, w.name AS owner_name
FROM selected t
JOIN holders h ON h.id = t.holder
LEFT JOIN record_confidence s ON s.record_kind = 'system' AND s.record = t.system
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = t.contract
LEFT JOIN systems y ON y.ref = t.system
LEFT JOIN systems o ON o.ref = y.instance_of
LEFT JOIN holders w ON w.id = o.holder
ORDER BY t.thing, h.name, t.system, t.contract;

-- section: context
SELECT DISTINCT t.thing, m.supplier_name AS maker, n.name AS function_name, f.function
FROM selected t
LEFT JOIN system_makers m ON m.system = t.system
LEFT JOIN functions_of_systems f ON f.system = t.system
LEFT JOIN functions n ON n.id = f.function
WHERE t.system IS NOT NULL
UNION
SELECT DISTINCT t.thing, NULL, n.name, c.function
FROM selected t
JOIN contract_contents c ON c.contract = t.contract
LEFT JOIN functions n ON n.id = c.function
ORDER BY 1, 2, 3, 4;

-- section: products
SELECT t.thing, u.name AS product, COUNT(DISTINCT CASE WHEN u.counts = 1 THEN u.holder END) AS boroughs
FROM selected_systems t
JOIN systems_in_use u ON u.system = t.system
GROUP BY t.thing, u.name
ORDER BY t.thing, 3 DESC, u.name;

-- section: contracts
SELECT DISTINCT t.thing, c.ref AS contract, c.title, r.supplier_name, x.state, x.next_exit, x.next_exit_about, x.decide_by, x.too_short, w.binding_end,
  w.latest_end, w.about, c.start_date, c.end_date, w.yearly_value_pence, CASE WHEN b.things > 1 THEN 1 ELSE 0 END AS bundle, e.assumption
FROM selected_contracts t
JOIN contracts c ON c.ref = t.contract
JOIN contract_states x ON x.contract = c.ref
JOIN contract_terms w ON w.contract = c.ref
JOIN contract_resolved r ON r.contract = c.ref
LEFT JOIN (SELECT contract, COUNT(DISTINCT thing) AS things FROM thing_contracts WHERE facet = :facet GROUP BY contract) b ON b.contract = c.ref
LEFT JOIN contract_exits e ON e.contract = c.ref AND e.exit_date = x.next_exit
WHERE x.state NOT IN ('replaced', 'not known')
ORDER BY t.thing, x.decide_by, c.ref;

-- section: contract_holders
SELECT h.contract, h.holder, n.name
FROM contract_holders h JOIN holders n ON n.id = h.holder
ORDER BY h.contract, n.counts DESC, n.name;

-- section: reporters
SELECT DISTINCT holder, function FROM reported_functions WHERE counts = 1;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM systems_in_use WHERE counts = 1) AS reporting,
  (SELECT COUNT(*) FROM systems_in_use WHERE counts = 1 AND system NOT IN (SELECT system FROM system_makers)) AS without_maker,
  (SELECT COUNT(*) FROM contracts_in_force) AS contracts_in_force,
  (SELECT COUNT(DISTINCT h.holder) FROM contracts_in_force c JOIN contract_holders h ON h.contract = c.contract
   JOIN holders n ON n.id = h.holder AND n.counts = 1) AS with_contracts,
  (SELECT COUNT(*) FROM contracts_in_force c JOIN contract_resolved r ON r.contract = c.contract WHERE r.supplier_name IS NULL) AS without_supplier,
  (SELECT COUNT(*) FROM contract_states WHERE state IN ('ended', 'replaced', 'end passed', 'term passed')) AS contracts_over,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  (SELECT COUNT(*) FROM systems WHERE ref NOT IN (SELECT system FROM systems_known)) AS later_systems,
  (SELECT COUNT(*) FROM contract_states WHERE state = 'not known') AS later_contracts,
  t.systems_fresh_from AS fresh_from, t.freshness_months
FROM settings t;
