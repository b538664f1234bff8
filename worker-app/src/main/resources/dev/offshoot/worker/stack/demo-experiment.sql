SELECT (SELECT count(*) FROM customers WHERE email <> lower(email)) AS emails_in_upper_case,
       (SELECT count(*) FROM products WHERE name <> rtrim(name)) AS names_with_trailing_space,
       (SELECT count(*) FROM coupons WHERE expires_on < DATE '2025-01-01') AS expired_coupons;

ALTER TABLE customers ADD COLUMN loyalty_tier text;

UPDATE customers
SET loyalty_tier = CASE WHEN loyal.orders >= 20 THEN 'gold' WHEN loyal.orders >= 10 THEN 'silver' ELSE 'bronze' END
FROM (SELECT customer_id, count(*) AS orders FROM orders
      WHERE status <> 'cancelled' GROUP BY customer_id HAVING count(*) >= 6) AS loyal
WHERE loyal.customer_id = customers.id;

UPDATE customers SET email = lower(email) WHERE email <> lower(email);

UPDATE products SET name = rtrim(name) WHERE name <> rtrim(name);

DELETE FROM coupons WHERE expires_on < DATE '2025-01-01';
