-- title: Supplier
-- question: What do authorities hold with a supplier and what it owns: products, contracts and dates, and who owned what since when?
-- chapter: One page about
-- example: citytools report supplier "MRI Software"
-- argument supplier: supplier. The supplier, by its id or any of its names; what it owns is included.

-- table: page_group
SELECT supplier AS company, steps FROM supplier_owners WHERE owner = :supplier;

-- table: page_products
SELECT m.product FROM product_makers_now m JOIN page_group g ON g.company = m.supplier;

-- table: page_systems
SELECT m.system FROM system_makers m JOIN page_group g ON g.company = m.supplier;

-- table: page_contracts
SELECT r.contract FROM contract_resolved r JOIN page_group g ON g.company = r.supplier
UNION
SELECT v.contract FROM contract_covers v JOIN page_systems g ON g.system = v.system;

-- table: page_companies
SELECT company FROM page_group
UNION
SELECT owner FROM supplier_owners WHERE supplier = :supplier;

-- section: supplier
SELECT id, name, company_number, website, notes FROM suppliers WHERE id = :supplier;

-- section: aliases
SELECT alias FROM supplier_aliases WHERE supplier = :supplier ORDER BY position;

-- section: names
SELECT name, from_date, until, source FROM supplier_names WHERE supplier = :supplier ORDER BY position;

-- section: look_alikes
SELECT look_alike FROM supplier_not WHERE supplier = :supplier ORDER BY position;

-- section: owner
SELECT o.owner AS id, s.name, o.steps
FROM supplier_owners o JOIN suppliers s ON s.id = o.owner
WHERE o.supplier = :supplier AND o.steps > 0
ORDER BY o.steps;

-- section: companies
SELECT s.id, s.name, s.company_number, g.steps
FROM page_group g JOIN suppliers s ON s.id = g.company
ORDER BY g.steps, s.name;

-- section: products
SELECT p.id, p.name, m.supplier AS maker
FROM page_products g
JOIN products p ON p.id = g.product
JOIN product_makers_now m ON m.product = p.id
ORDER BY p.name;

-- section: purposes
SELECT f.product, COALESCE(n.name, f.function) AS name
FROM page_products g
JOIN product_functions f ON f.product = g.product
LEFT JOIN functions n ON n.id = f.function
ORDER BY f.product, f.position;

-- section: made_before
SELECT DISTINCT p.id, p.name, COALESCE(s.name, n.supplier) AS maker_now
FROM page_group g
JOIN product_makers m ON m.maker = g.company
JOIN products p ON p.id = m.product
JOIN product_makers_now n ON n.product = m.product
JOIN settings t ON 1 = 1
LEFT JOIN suppliers s ON s.id = n.supplier
WHERE (m.since IS NULL OR m.since <= t.as_of) AND m.product NOT IN (SELECT product FROM page_products)
ORDER BY p.name;

-- section: market
SELECT
  (SELECT COUNT(*) FROM systems_in_use WHERE counts = 1) AS systems,
  (SELECT COUNT(*) FROM systems_in_use u JOIN system_makers m ON m.system = u.system WHERE u.counts = 1) AS systems_with_maker,
  (SELECT COUNT(*) FROM contracts_in_force c JOIN contract_resolved r ON r.contract = c.contract WHERE r.supplier_name IS NOT NULL
   AND c.contract IN (SELECT h.contract FROM contract_holders h JOIN authorities a ON a.authority = h.holder)) AS contracts_with_supplier,
  (SELECT COUNT(*) FROM contracts_in_force c JOIN contract_resolved r ON r.contract = c.contract JOIN page_group g ON g.company = r.supplier
   WHERE c.contract IN (SELECT h.contract FROM contract_holders h JOIN authorities a ON a.authority = h.holder)) AS contracts_signed,
  (SELECT COUNT(*) FROM contracts_in_force c
   WHERE c.contract IN (SELECT h.contract FROM contract_holders h JOIN authorities a ON a.authority = h.holder)) AS contracts;
