-- title: Find
-- question: What in the register has this name?
-- parameter plain: the text without case, punctuation and legal forms
-- parameter written: the text as typed

-- section: hits
SELECT kind, ref, name, form,
  CASE WHEN name = :written THEN 0 WHEN plain = :plain THEN 1 WHEN SUBSTR(plain, 1, LENGTH(:plain)) = :plain THEN 2 ELSE 3 END AS distance
FROM names
WHERE :plain <> '' AND INSTR(plain, :plain) > 0
ORDER BY distance, kind, ref, form DESC;

-- section: main_names
SELECT kind, ref, name FROM names WHERE form = 'name';

-- section: uses
SELECT facet, thing, COUNT(DISTINCT holder) AS boroughs
FROM things_in_use u JOIN holders h ON h.id = u.holder AND h.counts = 1
WHERE facet IN ('product', 'supplier', 'function')
GROUP BY facet, thing;
