-- title: Parts of a page
-- question: What is known of the systems, contracts, skills and companies that a page is about?
-- A page's own file says which these are: page_systems (system), page_contracts (contract), page_products (product) and
-- page_companies (company).

-- table: page_skills
SELECT k.skill, k.last_seen, k.seen
FROM skills_known k
JOIN skills s ON s.ref = k.skill
JOIN page_products g ON g.product = s.product;

-- table: page_names
SELECT s.ref AS system, COALESCE(p.name, s.name, s.product, s.id) AS name,
  COALESCE(r.product, '~' || r.plain_name || COALESCE('/' || COALESCE(r.supplier, NULLIF(r.plain_supplier, '')), '')) AS thing, r.product
FROM systems s
JOIN system_resolved r ON r.system = s.ref
LEFT JOIN products p ON p.id = r.product;

-- section: systems
SELECT g.system, s.holder, h.name AS holder_name, h.counts, x.stage, s.status, n.name, n.thing, n.product, m.supplier AS maker,
  m.supplier_name AS maker_name, l.last_seen,
  CASE WHEN l.last_seen IS NULL THEN 'undated' WHEN l.last_seen >= t.systems_fresh_from THEN 'recent' ELSE 'older' END AS seen,
  s.since, s.until, s.users, s.hosting, s.instance_of, w.name AS owner_name, s.rating_value_for_money, s.rating_capability, s.rating_on,
  c.confidence
FROM page_systems g
JOIN settings t ON 1 = 1
JOIN systems s ON s.ref = g.system
JOIN holders h ON h.id = s.holder
JOIN system_stages x ON x.system = g.system AND x.stage <> 'not known'
JOIN page_names n ON n.system = g.system
LEFT JOIN system_makers m ON m.system = g.system
LEFT JOIN system_last_seen l ON l.system = g.system
LEFT JOIN record_confidence c ON c.record_kind = 'system' AND c.record = g.system
LEFT JOIN systems o ON o.ref = s.instance_of
LEFT JOIN holders w ON w.id = o.holder
ORDER BY h.name, n.name, g.system;

-- section: moves
SELECT g.system, 'in place of' AS way, n.name, n.thing
FROM page_systems g
JOIN systems s ON s.ref = g.system
JOIN page_names n ON n.system = s.replaces
UNION ALL
SELECT g.system, CASE x.stage WHEN 'in use' THEN 'replaced by' ELSE 'to be replaced by' END, n.name, n.thing
FROM page_systems g
JOIN systems s ON s.replaces = g.system
JOIN system_stages x ON x.system = s.ref AND x.stage NOT IN ('gone', 'not known')
JOIN page_names n ON n.system = s.ref
ORDER BY 1, 2, 3;

-- section: contracts
SELECT g.contract, c.holder, c.title, r.supplier, r.supplier_name, x.state, y.successor, x.decide_by, x.too_short, e.exit_date, e.kind, e.notice_by,
  e.start_buying_by, COALESCE(e.about, w.about) AS about, e.assumption, x.next_exit, x.next_exit_about, w.binding_end, w.latest_end, w.about AS ends_about,
  c.start_date, c.end_date, c.rolls_months, w.yearly_value_pence, w.total_value_pence, c.value_amount_pence, c.value_amount_to_pence,
  c.value_for, c.value_precision, c.value_vat, b.products, c.plan_intention, c.plan_approach_market, c.open_to_others_how,
  c.open_to_others_until, l.last_seen, CASE WHEN l.last_seen >= t.contracts_fresh_from THEN 1 ELSE 0 END AS recent, k.confidence,
  CASE
    WHEN x.state = 'current' AND y.successor IS NOT NULL THEN 'agreed'
    WHEN x.state = 'current' THEN 'due'
    WHEN x.state = 'not begun' THEN 'to begin'
    WHEN x.state = 'unknown' THEN 'ask'
    WHEN x.state = 'end passed' AND c.end_date >= SUBSTR(t.contracts_fresh_from, 1, LENGTH(c.end_date)) THEN 'ask'
    ELSE 'over'
  END AS standing
FROM page_contracts g
JOIN settings t ON 1 = 1
JOIN contracts c ON c.ref = g.contract
JOIN contract_states x ON x.contract = g.contract
JOIN contract_terms w ON w.contract = g.contract
JOIN contract_resolved r ON r.contract = g.contract
LEFT JOIN contract_exits e ON e.contract = g.contract AND e.exit_date = x.next_exit
LEFT JOIN contract_successors y ON y.contract = g.contract
LEFT JOIN contract_bundles b ON b.contract = g.contract
LEFT JOIN contract_last_seen l ON l.contract = g.contract
LEFT JOIN record_confidence k ON k.record_kind = 'contract' AND k.record = g.contract
WHERE x.state <> 'not known'
ORDER BY x.decide_by, g.contract;

-- section: later_exits
SELECT g.contract, e.exit_date
FROM page_contracts g
JOIN contract_states x ON x.contract = g.contract
JOIN contract_exits e ON e.contract = g.contract AND e.exit_date > x.next_exit
ORDER BY g.contract, e.exit_date;

-- section: covered
SELECT DISTINCT g.contract, v.system, n.name, m.supplier AS maker, m.supplier_name AS maker_name, CASE WHEN p.system IS NULL THEN 0 ELSE 1 END AS here
FROM page_contracts g
JOIN contract_covers v ON v.contract = g.contract
JOIN page_names n ON n.system = v.system
LEFT JOIN system_makers m ON m.system = v.system
LEFT JOIN page_systems p ON p.system = v.system
ORDER BY g.contract, n.name, v.system;

-- section: contract_functions
SELECT DISTINCT g.contract, f.function, COALESCE(n.name, f.function) AS name
FROM page_contracts g
JOIN contract_functions f ON f.contract = g.contract
LEFT JOIN functions n ON n.id = f.function
ORDER BY g.contract, 3;

-- section: includes
SELECT g.contract, i.included
FROM page_contracts g JOIN contract_value_includes i ON i.contract = g.contract
ORDER BY g.contract, i.position;

-- section: open_to_others
SELECT o.contract, COALESCE(h.name, o.named_authority) AS name
FROM page_contracts g
JOIN contract_open_to_others_named o ON o.contract = g.contract
LEFT JOIN holders h ON h.id = o.named_authority
ORDER BY o.contract, o.position;

-- section: contract_holders
SELECT h.contract, h.holder, n.name, n.counts
FROM page_contracts g
JOIN contract_holders h ON h.contract = g.contract
JOIN holders n ON n.id = h.holder
ORDER BY h.contract, n.counts DESC, n.name;

-- section: withheld
SELECT w.record, w.field, w.reason
FROM withheld_fields w
WHERE (w.record_kind = 'contract' AND w.record IN (SELECT contract FROM page_contracts))
   OR (w.record_kind = 'system' AND w.record IN (SELECT system FROM page_systems))
ORDER BY w.record, w.position;

-- section: skills
SELECT g.skill, k.holder, h.name AS holder_name, h.counts, COALESCE(n.name, k.skill) AS name, p.name AS product_name, k.level, k.people,
  k.apprentices, g.last_seen, g.seen
FROM page_skills g
JOIN skills k ON k.ref = g.skill
JOIN holders h ON h.id = k.holder
JOIN products p ON p.id = k.product
LEFT JOIN skill_names n ON n.id = k.skill
ORDER BY h.name, n.name, g.skill;

-- section: activities
SELECT d.skill, 'does' AS sort, d.activity AS what, d.position FROM skill_does d JOIN page_skills g ON g.skill = d.skill
UNION ALL SELECT d.skill, 'offers', d.offer, d.position FROM skill_offers d JOIN page_skills g ON g.skill = d.skill
UNION ALL SELECT d.skill, 'seeks', d.need, d.position FROM skill_seeks d JOIN page_skills g ON g.skill = d.skill
ORDER BY 1, 2, 4;

-- section: connections
SELECT DISTINCT s.holder, h.name AS holder_name, h.counts, c.system, c.to_system, COALESCE(n.name, c.to_system) AS name, c.method, c.direction, c.data
FROM page_systems g
JOIN connections c ON c.system = g.system
JOIN systems s ON s.ref = g.system
JOIN holders h ON h.id = s.holder
JOIN system_stages x ON x.system = g.system AND x.stage NOT IN ('gone', 'not known')
LEFT JOIN page_names n ON n.system = c.to_system
UNION ALL
SELECT DISTINCT s.holder, h.name, h.counts, c.system, c.to_system, n.name, c.method,
  CASE c.direction WHEN 'out' THEN 'in' WHEN 'in' THEN 'out' ELSE c.direction END, c.data
FROM page_systems g
JOIN connections c ON c.to_system = g.system
JOIN systems s ON s.ref = g.system
JOIN holders h ON h.id = s.holder
JOIN system_stages x ON x.system = c.system AND x.stage NOT IN ('gone', 'not known')
JOIN system_stages y ON y.system = g.system AND y.stage NOT IN ('gone', 'not known')
JOIN page_names n ON n.system = c.system
WHERE c.system NOT IN (SELECT system FROM page_systems)
ORDER BY 6, 2, 4;

-- section: makers
SELECT g.product, m.position, m.maker, COALESCE(u.name, m.maker) AS maker_name, m.since, m.source
FROM page_products g
JOIN product_makers m ON m.product = g.product
JOIN settings t ON 1 = 1
LEFT JOIN suppliers u ON u.id = m.maker
WHERE m.since IS NULL OR m.since <= t.as_of
ORDER BY g.product, m.position;

-- section: owners
SELECT p.supplier, s.name AS supplier_name, p.parent, COALESCE(o.name, p.parent) AS parent_name, p.since, p.source,
  CASE WHEN n.parent = p.parent THEN 1 ELSE 0 END AS still
FROM page_companies g
JOIN supplier_parents p ON p.supplier = g.company
JOIN suppliers s ON s.id = p.supplier
JOIN settings t ON 1 = 1
LEFT JOIN suppliers o ON o.id = p.parent
LEFT JOIN supplier_parents_now n ON n.supplier = p.supplier
WHERE p.since IS NULL OR p.since <= t.as_of
ORDER BY s.name, p.position;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM systems_in_use WHERE counts = 1) AS reporting,
  (SELECT COUNT(DISTINCT h.holder) FROM contract_states x JOIN contract_holders h ON h.contract = x.contract
   JOIN authorities a ON a.authority = h.holder WHERE x.state <> 'not known') AS with_contracts,
  (SELECT COUNT(*) FROM files_known f JOIN authorities a ON a.authority = f.holder WHERE f.kind = 'skills' AND f.state <> 'unread') AS with_skills,
  (SELECT COUNT(*) FROM bodies) AS bodies,
  (SELECT COUNT(*) FROM page_systems WHERE system NOT IN (SELECT system FROM systems_known)) AS later_systems,
  (SELECT COUNT(*) FROM page_contracts g JOIN contract_states x ON x.contract = g.contract WHERE x.state = 'not known') AS later_contracts,
  t.systems_fresh_from AS fresh_from, t.contracts_fresh_from, t.freshness_months
FROM settings t;
