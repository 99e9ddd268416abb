-- title: Skills
-- question: Who can advise or train whom, product by product and skill by skill, and whose expertise does everybody rest on?
-- chapter: Helping each other
-- example: citytools report skills --borough hackney
-- option stated: flag. Only needs that a borough states; leave out what is inferred from running a product.
-- list borough: holder. What this borough can get and give.
-- list product: product. Only this product. With --skill, either.
-- list skill: skill-name. Only this skill. With --product, either.

-- table: abilities
SELECT k.skill AS record, k.holder, k.counts, r.skill, r.product, s.level, k.last_seen, k.seen,
  CASE WHEN o.skill IS NULL THEN 0 ELSE 1 END AS offers,
  CASE WHEN n.skill IS NULL THEN 0 ELSE 1 END AS seeks,
  CASE WHEN no_offer.record IS NULL THEN 0 ELSE 1 END AS offers_none,
  CASE WHEN no_need.record IS NULL THEN 0 ELSE 1 END AS seeks_none,
  CASE
    WHEN s.level = 'expert' THEN 1
    WHEN s.level = 'practitioner' THEN 2
    WHEN o.skill IS NOT NULL THEN 3
    WHEN s.level IS NOT NULL OR n.skill IS NOT NULL OR s.people = 0 OR no_work.record IS NOT NULL THEN NULL
    WHEN d.skill IS NOT NULL THEN 4
    ELSE 5
  END AS standing
FROM skills_known k
JOIN skills s ON s.ref = k.skill
JOIN skill_resolved r ON r.record = k.skill
LEFT JOIN (SELECT DISTINCT skill FROM skill_does) d ON d.skill = k.skill
LEFT JOIN (SELECT DISTINCT skill FROM skill_offers) o ON o.skill = k.skill
LEFT JOIN (SELECT DISTINCT skill FROM skill_seeks) n ON n.skill = k.skill
LEFT JOIN empty_lists no_work ON no_work.record_kind = 'skill' AND no_work.record = k.skill AND no_work.field = 'does'
LEFT JOIN empty_lists no_offer ON no_offer.record_kind = 'skill' AND no_offer.record = k.skill AND no_offer.field = 'offers'
LEFT JOIN empty_lists no_need ON no_need.record_kind = 'skill' AND no_need.record = k.skill AND no_need.field = 'seeks'
WHERE r.skill IS NOT NULL OR r.product IS NOT NULL;

-- table: runners
SELECT u.product, u.holder, MAX(u.last_seen) AS last_seen, MAX(CASE u.seen WHEN 'recent' THEN 1 ELSE 0 END) AS recent,
  MIN(CASE WHEN u.instance_of IS NULL THEN '' ELSE u.instance_of END) AS instance_of
FROM systems_in_use u
WHERE u.counts = 1 AND u.product IS NOT NULL
GROUP BY u.product, u.holder;

-- table: needs
SELECT 'seeks' AS sort, a.record AS need, a.holder, a.counts, a.skill, a.product, a.last_seen, a.seen, '' AS instance_of
FROM abilities a
WHERE a.seeks = 1
UNION ALL
SELECT CASE WHEN b.aware = 1 THEN 'awareness' WHEN b.holder IS NOT NULL OR f.state = 'none' THEN 'none' ELSE 'nothing' END,
  '', u.holder, 1, NULL, u.product, u.last_seen,
  CASE WHEN u.last_seen IS NULL THEN 'undated' WHEN u.recent = 1 THEN 'recent' ELSE 'older' END, u.instance_of
FROM runners u
LEFT JOIN (
  SELECT holder, product, MIN(standing) AS standing, MAX(CASE level WHEN 'working' THEN 1 ELSE 0 END) AS working,
    MAX(CASE level WHEN 'awareness' THEN 1 ELSE 0 END) AS aware, MAX(seeks) AS seeks, MAX(seeks_none) AS seeks_none
  FROM abilities WHERE product IS NOT NULL GROUP BY holder, product
) b ON b.holder = u.holder AND b.product = u.product
LEFT JOIN files f ON f.holder = u.holder AND f.kind = 'skills'
WHERE :stated = 0
  AND (b.holder IS NULL OR (b.standing IS NULL AND b.working = 0 AND b.seeks = 0 AND b.seeks_none = 0))
  AND COALESCE(f.state, '') <> 'unread';

-- table: pairs
SELECT 'product' AS basis, a.product AS subject, a.record, a.holder AS helper, n.need, n.holder AS needer, n.sort, a.standing, a.offers,
  CASE WHEN a.last_seen IS NULL OR n.last_seen IS NULL THEN '' WHEN a.last_seen < n.last_seen THEN a.last_seen ELSE n.last_seen END AS older
FROM abilities a
JOIN needs n ON n.product = a.product AND n.holder <> a.holder
WHERE a.standing IS NOT NULL AND a.offers_none = 0
UNION ALL
SELECT 'skill', a.skill, a.record, a.holder, n.need, n.holder, n.sort, a.standing, a.offers,
  CASE WHEN a.last_seen IS NULL OR n.last_seen IS NULL THEN '' WHEN a.last_seen < n.last_seen THEN a.last_seen ELSE n.last_seen END
FROM abilities a
JOIN needs n ON n.skill = a.skill AND n.holder <> a.holder
WHERE a.standing IS NOT NULL AND a.offers_none = 0 AND (a.product IS NULL OR n.product IS NULL OR n.product <> a.product);

-- table: subjects
SELECT DISTINCT 'product' AS basis, product AS subject FROM abilities WHERE product IS NOT NULL
UNION SELECT 'skill', skill FROM abilities WHERE skill IS NOT NULL
UNION SELECT 'product', r.product FROM runners r JOIN param_product p ON p.value = r.product;

-- table: asked
SELECT s.basis, s.subject
FROM subjects s
WHERE (NOT EXISTS (SELECT 1 FROM param_product) AND NOT EXISTS (SELECT 1 FROM param_skill))
  OR (s.basis = 'product' AND s.subject IN (SELECT value FROM param_product))
  OR (s.basis = 'skill' AND s.subject IN (SELECT value FROM param_skill));

-- table: rare
SELECT r.product, COUNT(DISTINCT r.holder) AS boroughs, SUM(r.recent) AS recent, COALESCE(MAX(e.experts), 0) AS experts, MAX(e.expert) AS expert,
  MAX(CASE WHEN r.holder = e.expert THEN 1 ELSE 0 END) AS expert_runs
FROM runners r
LEFT JOIN (SELECT product, COUNT(DISTINCT holder) AS experts, MIN(holder) AS expert FROM abilities
           WHERE counts = 1 AND standing <= 2 GROUP BY product) e ON e.product = r.product
GROUP BY r.product;

-- section: subjects
SELECT basis, subject FROM asked ORDER BY basis, subject;

-- section: pairs
SELECT p.basis, p.subject, p.record, p.helper, p.need, p.needer, p.sort, p.standing, p.offers, p.older
FROM pairs p
JOIN asked a ON a.basis = p.basis AND a.subject = p.subject
WHERE NOT EXISTS (SELECT 1 FROM param_borough)
  OR p.helper IN (SELECT value FROM param_borough) OR p.needer IN (SELECT value FROM param_borough);

-- section: abilities
SELECT a.record, a.holder, h.name AS holder_name, a.counts, a.skill, r.skill_name, a.product, r.product_name, a.level, a.standing, a.offers,
  a.offers_none, a.last_seen, a.seen, c.confidence, s.people, w.reason AS level_withheld
FROM abilities a
JOIN holders h ON h.id = a.holder
JOIN skills s ON s.ref = a.record
JOIN skill_resolved r ON r.record = a.record
LEFT JOIN record_confidence c ON c.record_kind = 'skill' AND c.record = a.record
LEFT JOIN (SELECT record, MIN(reason) AS reason FROM withheld_fields WHERE record_kind = 'skill' AND field = 'level' GROUP BY record) w
  ON w.record = a.record
ORDER BY h.name, a.record;

-- section: needs
SELECT n.sort, n.need, n.holder, h.name AS holder_name, n.counts, n.skill, r.skill_name, n.product, COALESCE(r.product_name, p.name) AS product_name,
  n.last_seen, n.seen, c.confidence, o.name AS owner_name
FROM needs n
JOIN holders h ON h.id = n.holder
LEFT JOIN skill_resolved r ON r.record = n.need
LEFT JOIN products p ON p.id = n.product
LEFT JOIN record_confidence c ON c.record_kind = 'skill' AND c.record = n.need
LEFT JOIN systems s ON s.ref = n.instance_of
LEFT JOIN holders o ON o.id = s.holder
ORDER BY h.name, n.need;

-- section: texts
SELECT skill AS record, 'does' AS sort, position, activity AS text FROM skill_does
UNION ALL SELECT skill, 'offers', position, offer FROM skill_offers
UNION ALL SELECT skill, 'seeks', position, need FROM skill_seeks
ORDER BY 1, 2, 3;

-- section: rare
SELECT r.product, p.name, r.boroughs, r.recent, r.experts, r.expert
FROM rare r
JOIN products p ON p.id = r.product
WHERE r.experts <= 1 AND r.boroughs - r.expert_runs >= 2 - r.experts
  AND ((NOT EXISTS (SELECT 1 FROM param_product) AND NOT EXISTS (SELECT 1 FROM param_skill)) OR r.product IN (SELECT value FROM param_product))
  AND (NOT EXISTS (SELECT 1 FROM param_borough) OR r.expert IN (SELECT value FROM param_borough)
    OR r.product IN (SELECT n.product FROM runners n JOIN param_borough b ON b.value = n.holder))
ORDER BY r.experts DESC, r.boroughs DESC, p.name;

-- section: apprentices
SELECT COALESCE(r.skill, r.product) AS id, COALESCE(r.skill_name, r.product_name, s.id) AS name, s.ref AS record, s.holder, h.name AS holder_name,
  h.counts, s.apprentices, k.last_seen, k.seen, w.record AS withheld
FROM skills_known k
JOIN skills s ON s.ref = k.skill
JOIN holders h ON h.id = s.holder
JOIN skill_resolved r ON r.record = s.ref
LEFT JOIN (SELECT DISTINCT record FROM withheld_fields WHERE record_kind = 'skill' AND field = 'apprentices') w ON w.record = s.ref
WHERE (s.apprentices IS NOT NULL OR w.record IS NOT NULL)
  AND (NOT EXISTS (SELECT 1 FROM param_borough) OR s.holder IN (SELECT value FROM param_borough))
  AND ((NOT EXISTS (SELECT 1 FROM param_product) AND NOT EXISTS (SELECT 1 FROM param_skill))
    OR r.product IN (SELECT value FROM param_product) OR r.skill IN (SELECT value FROM param_skill))
ORDER BY h.name, s.ref;

-- section: coverage
SELECT
  (SELECT COUNT(*) FROM authorities) AS authorities,
  (SELECT COUNT(DISTINCT holder) FROM skills_known WHERE counts = 1) AS reporting,
  (SELECT COUNT(*) FROM files f JOIN authorities a ON a.authority = f.holder WHERE f.kind = 'skills' AND f.state = 'none') AS reporting_none,
  (SELECT COUNT(*) FROM files f JOIN authorities a ON a.authority = f.holder WHERE f.kind = 'skills' AND f.state = 'unread') AS unread,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1) AS records,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND seen = 'recent') AS recent,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND seen = 'undated') AS undated,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND level IS NOT NULL) AS with_level,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND standing <= 2) AS with_expertise,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND standing <= 2 AND product IS NOT NULL) AS with_product_expertise,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND offers = 1) AS offering,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND offers_none = 1) AS offering_none,
  (SELECT COUNT(*) FROM abilities WHERE counts = 1 AND seeks = 1) AS seeking,
  (SELECT COUNT(*) FROM skills_known WHERE counts = 1 AND skill NOT IN (SELECT record FROM abilities)) AS of_nothing,
  (SELECT COUNT(*) FROM skills s JOIN authorities a ON a.authority = s.holder WHERE s.ref NOT IN (SELECT skill FROM skills_known)) AS later,
  (SELECT COUNT(DISTINCT holder) FROM abilities WHERE counts = 0) AS bodies,
  (SELECT COUNT(*) FROM abilities WHERE counts = 0) AS body_records,
  (SELECT COUNT(*) FROM runners) AS runs,
  (SELECT SUM(recent) FROM runners) AS runs_recent,
  (SELECT COUNT(*) FROM needs WHERE sort <> 'seeks') AS inferred,
  (SELECT COUNT(*) FROM rare) AS products,
  (SELECT COUNT(*) FROM rare WHERE boroughs > 1) AS products_shared,
  (SELECT COUNT(*) FROM rare WHERE boroughs > 1 AND experts = 0) AS products_without,
  (SELECT COUNT(*) FROM rare WHERE experts = 1) AS products_with_one,
  (SELECT COUNT(*) FROM systems_in_use WHERE counts = 1 AND product IS NULL) AS outside_catalogue,
  k.months AS freshness_months, k.fresh_from
FROM record_kinds k
WHERE k.kind = 'skills';
