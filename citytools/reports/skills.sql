-- title: Skills
-- question: Who can advise or train whom, product by product and skill by skill, and whose expertise does everybody rest on?
-- chapter: Helping each other
-- example: citytools report skills --borough hackney
-- option stated: flag. Only needs that a borough states; leave out what is inferred from running a product.
-- list borough: holder. What this borough can get and give.
-- list product: product. Only this product. With --skill, either.
-- list skill: skill-name. Only this skill. With --product, either.

-- table: abilities
SELECT k.skill AS record, k.holder, k.counts, r.skill, r.product, s.level, k.last_seen,
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
LEFT JOIN empty_lists no_need ON no_need.record_kind = 'skill' AND no_need.record = k.skill AND no_need.field = 'seeks';

-- table: runners
SELECT u.product, u.holder, MAX(u.last_seen) AS last_seen, MAX(CASE u.seen WHEN 'recent' THEN 1 ELSE 0 END) AS recent,
  MIN(CASE WHEN u.instance_of IS NULL THEN '' ELSE u.instance_of END) AS instance_of
FROM systems_in_use u
WHERE u.counts = 1 AND u.product IS NOT NULL
GROUP BY u.product, u.holder;

-- table: needs
SELECT 'seeks' AS sort, a.record AS need, a.holder, a.counts, a.skill, a.product, a.last_seen, '' AS instance_of
FROM abilities a
WHERE a.seeks = 1
UNION ALL
SELECT CASE WHEN b.aware = 1 THEN 'awareness' WHEN b.holder IS NOT NULL OR f.state = 'none' THEN 'none' ELSE 'nothing' END,
  '', u.holder, 1, NULL, u.product, u.last_seen, u.instance_of
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
  CASE WHEN a.last_seen IS NULL OR n.last_seen IS NULL THEN '' WHEN a.last_seen < n.last_seen THEN a.last_seen ELSE n.last_seen END AS seen
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
UNION SELECT 'skill', skill FROM abilities WHERE skill IS NOT NULL;

-- table: asked
SELECT s.basis, s.subject
FROM subjects s
WHERE (NOT EXISTS (SELECT 1 FROM param_product) AND NOT EXISTS (SELECT 1 FROM param_skill))
  OR (s.basis = 'product' AND s.subject IN (SELECT value FROM param_product))
  OR (s.basis = 'skill' AND s.subject IN (SELECT value FROM param_skill));

-- section: pairs
SELECT p.basis, p.subject, p.record, p.helper, p.need, p.needer, p.sort, p.standing, p.offers, p.seen
FROM pairs p
JOIN asked a ON a.basis = p.basis AND a.subject = p.subject
WHERE NOT EXISTS (SELECT 1 FROM param_borough)
  OR p.helper IN (SELECT value FROM param_borough) OR p.needer IN (SELECT value FROM param_borough);

-- section: abilities
SELECT a.record, a.holder, h.name AS holder_name, a.counts, a.skill, r.skill_name, a.product, r.product_name, a.level, a.standing, a.offers,
  a.offers_none, a.last_seen, k.seen, c.confidence, s.people, w.reason AS level_withheld
FROM abilities a
JOIN holders h ON h.id = a.holder
JOIN skills s ON s.ref = a.record
JOIN skills_known k ON k.skill = a.record
JOIN skill_resolved r ON r.record = a.record
LEFT JOIN record_confidence c ON c.record_kind = 'skill' AND c.record = a.record
LEFT JOIN (SELECT record, MIN(reason) AS reason FROM withheld_fields WHERE record_kind = 'skill' AND field = 'level' GROUP BY record) w
  ON w.record = a.record
ORDER BY h.name, a.record;

-- section: needs
SELECT n.sort, n.need, n.holder, h.name AS holder_name, n.counts, n.skill, n.product, n.last_seen, o.name AS owner_name
FROM needs n
JOIN holders h ON h.id = n.holder
LEFT JOIN systems s ON s.ref = n.instance_of
LEFT JOIN holders o ON o.id = s.holder
ORDER BY h.name, n.need;

-- section: texts
SELECT skill AS record, 'does' AS sort, position, activity AS text FROM skill_does
UNION ALL SELECT skill, 'offers', position, offer FROM skill_offers
UNION ALL SELECT skill, 'seeks', position, need FROM skill_seeks
ORDER BY 1, 2, 3;
