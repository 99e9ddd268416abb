-- title: Record
-- question: What is known of one record, and what follows from it?
-- parameter ref: holder/id, or the id of a catalogue entry or holder

-- section: system
SELECT u.seen, l.last_seen, CASE WHEN u.system IS NULL THEN 'no' ELSE 'yes' END AS in_use, m.supplier_name AS maker, m.supplier, g.ultimate
FROM systems s
LEFT JOIN systems_in_use u ON u.system = s.ref
LEFT JOIN system_last_seen l ON l.system = s.ref
LEFT JOIN system_makers m ON m.system = s.ref
LEFT JOIN supplier_groups g ON g.supplier = m.supplier
WHERE s.ref = :ref;

-- section: system_contracts
SELECT c.ref, c.title, x.state FROM contract_covers v JOIN contracts c ON c.ref = v.contract JOIN contract_states x ON x.contract = c.ref
WHERE v.system = :ref ORDER BY c.ref;

-- section: system_shares
SELECT ref FROM systems WHERE instance_of = :ref ORDER BY ref;

-- section: contract
SELECT w.*, x.state, b.products
FROM contract_terms w JOIN contract_states x ON x.contract = w.contract LEFT JOIN contract_bundles b ON b.contract = w.contract
WHERE w.contract = :ref;

-- section: contract_exits
SELECT e.exit_date, e.about, e.kind, e.notice_by, e.start_buying_by, e.decide_by, e.assumption, e.too_short
FROM contract_exits e JOIN settings t ON e.exit_date >= SUBSTR(t.as_of, 1, e.known_to)
WHERE e.contract = :ref ORDER BY e.exit_date LIMIT 6;

-- section: product
SELECT DISTINCT h.name, h.counts FROM things_in_use u JOIN holders h ON h.id = u.holder
WHERE u.facet = 'product' AND u.thing = :ref ORDER BY h.counts DESC, h.name;

-- section: supplier_products
SELECT p.id, p.name FROM product_makers_now m JOIN products p ON p.id = m.product WHERE m.supplier = :ref ORDER BY p.name;

-- section: supplier
SELECT DISTINCT h.name, h.counts FROM things_in_use u JOIN holders h ON h.id = u.holder
WHERE u.facet = 'supplier' AND u.thing = :ref ORDER BY h.counts DESC, h.name;

-- section: supplier_contracts
SELECT r.contract FROM contract_resolved r WHERE r.supplier = :ref ORDER BY r.contract;

-- section: function
SELECT DISTINCT u.name AS product, h.name, h.counts FROM things_in_use f JOIN systems_in_use u ON u.system = f.system JOIN holders h ON h.id = u.holder
WHERE f.facet = 'function' AND f.thing = :ref ORDER BY u.name, h.counts DESC, h.name;

-- section: holder_files
SELECT k.kind, COALESCE(f.state, 'not reported') AS state
FROM record_kinds k LEFT JOIN files f ON f.kind = k.kind AND f.holder = :ref
WHERE f.state IS NULL OR f.state <> 'records'
ORDER BY k.position;

-- section: holder_systems
SELECT s.ref, COALESCE(p.name, s.name, s.id) AS name, u.seen, l.last_seen, CASE WHEN u.system IS NULL THEN 'not in use' ELSE 'in use' END AS state
FROM systems s
JOIN system_resolved r ON r.system = s.ref
LEFT JOIN products p ON p.id = r.product
LEFT JOIN systems_in_use u ON u.system = s.ref
LEFT JOIN system_last_seen l ON l.system = s.ref
WHERE s.holder = :ref ORDER BY s.ref;

-- section: holder_contracts
SELECT c.ref, c.title, x.state, x.decide_by, x.too_short, c.holder, :ref AS asked
FROM contracts c JOIN contract_states x ON x.contract = c.ref JOIN contract_holders h ON h.contract = c.ref
WHERE h.holder = :ref ORDER BY c.ref;

-- section: holder_skills
SELECT k.ref, COALESCE(n.name, k.skill) AS name, k.level FROM skills k LEFT JOIN skill_names n ON n.id = k.skill
WHERE k.holder = :ref ORDER BY k.ref;
