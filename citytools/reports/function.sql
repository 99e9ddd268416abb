-- title: Function
-- question: What is used for a function or area and by whom, whose contracts have to be decided on by when, and who reports nothing?
-- chapter: One page about
-- example: citytools report function planning/register
-- argument function: function. The function or area, by its id or any of its names; an area is all of its functions.
-- parameter area: the area's id

-- table: page_systems
SELECT DISTINCT f.system FROM functions_of_systems f JOIN param_function p ON p.value = f.function;

-- table: page_contracts
SELECT DISTINCT c.contract FROM contract_contents c JOIN param_function p ON p.value = c.function;

-- table: page_products
SELECT f.product FROM product_functions f JOIN param_function p ON p.value = f.function
UNION
SELECT r.product FROM system_resolved r JOIN page_systems g ON g.system = r.system WHERE r.product IS NOT NULL;

-- table: page_companies
SELECT id AS company FROM suppliers WHERE 1 = 0;

-- section: functions
SELECT f.id, f.name, f.lgam_area, f.lgam_type, f.esd, f.notes
FROM functions f JOIN param_function p ON p.value = f.id
ORDER BY f.name;

-- section: areas
SELECT a.id, a.name, a.lgam_area, a.notes FROM areas a WHERE a.id = :area;

-- section: aliases
SELECT alias FROM function_aliases WHERE function = :function ORDER BY position;

-- section: area_aliases
SELECT alias FROM area_aliases WHERE area = :area ORDER BY position;

-- section: purposes
SELECT f.system, f.function, COALESCE(n.name, f.function) AS name
FROM functions_of_systems f
JOIN param_function p ON p.value = f.function
LEFT JOIN functions n ON n.id = f.function
ORDER BY f.system, 3;

-- section: catalogue
SELECT p.id, p.name, COALESCE(s.name, m.supplier) AS maker_name
FROM products p
LEFT JOIN product_makers_now m ON m.product = p.id
LEFT JOIN suppliers s ON s.id = m.supplier
WHERE p.id IN (SELECT f.product FROM product_functions f JOIN param_function q ON q.value = f.function)
ORDER BY p.name;

-- section: reported
SELECT DISTINCT r.holder, r.function FROM reported_functions r JOIN param_function p ON p.value = r.function;

-- section: complete
SELECT c.borough AS holder, h.name AS holder_name, h.counts, c.function, COALESCE(n.name, c.function) AS name, MAX(c.on_date) AS on_date
FROM borough_complete c
JOIN param_function p ON p.value = c.function
JOIN holders h ON h.id = c.borough
JOIN settings t ON c.on_date <= t.as_of
LEFT JOIN functions n ON n.id = c.function
GROUP BY c.borough, h.name, h.counts, c.function, n.name
ORDER BY h.name, 5;

-- section: everyone
SELECT a.authority AS holder, COALESCE(h.name, a.authority) AS name
FROM authorities a LEFT JOIN holders h ON h.id = a.authority
ORDER BY 2;
