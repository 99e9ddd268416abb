-- title: Product
-- question: Who uses a product and by when do they have to decide, who makes it and has made it, who knows it, what is connected to it?
-- chapter: One page about
-- example: citytools report product "Oracle Fusion"
-- argument product: product. The product, by its id or any of its names.

-- table: page_products
SELECT id AS product FROM products WHERE id = :product;

-- table: page_systems
SELECT system FROM system_resolved WHERE product = :product;

-- table: page_contracts
SELECT DISTINCT contract FROM contract_contents WHERE product = :product;

-- table: page_companies
SELECT DISTINCT o.owner AS company FROM product_makers m JOIN supplier_owners o ON o.supplier = m.maker WHERE m.product = :product;

-- section: product
SELECT p.id, p.name, p.origin, p.end_of_support, p.website, p.notes, m.supplier AS maker, COALESCE(s.name, m.supplier) AS maker_name
FROM products p
LEFT JOIN product_makers_now m ON m.product = p.id
LEFT JOIN suppliers s ON s.id = m.supplier
WHERE p.id = :product;

-- section: aliases
SELECT alias FROM product_aliases WHERE product = :product ORDER BY position;

-- section: look_alikes
SELECT look_alike FROM product_not WHERE product = :product ORDER BY position;

-- section: functions
SELECT f.function AS id, COALESCE(n.name, f.function) AS name
FROM product_functions f LEFT JOIN functions n ON n.id = f.function
WHERE f.product = :product ORDER BY f.position;

-- section: owner
SELECT o.owner AS id, s.name, o.steps
FROM product_makers_now m
JOIN supplier_owners o ON o.supplier = m.supplier AND o.steps > 0
JOIN suppliers s ON s.id = o.owner
WHERE m.product = :product
ORDER BY o.steps;
