"""Expressions that must mean the same on every engine, over values that are awkward on purpose."""

from __future__ import annotations

ROWS = """
(1, 'a-b', ' x ', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.5', 7, CAST(2.5 AS DECIMAL(18,4)), CAST(2.5 AS DOUBLE), TRUE),
(2, 'ÄÖå-Straße', chr(160) || 'y', DATE '2025-03-30', TIMESTAMP '2025-03-30 03:30:00', -7, CAST(-2.5 AS DECIMAL(18,4)), CAST(-3.5 AS DOUBLE), FALSE),
(3, '', '', DATE '1899-12-31', TIMESTAMP '1969-12-31 23:59:59', 0, CAST(0 AS DECIMAL(18,4)), CAST(0 AS DOUBLE), NULL),
(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
(5, '12.7', '2025-01-05', DATE '2023-12-31', TIMESTAMP '2023-12-31 00:00:00', 3, CAST(12345678901234.5678 AS DECIMAL(18,4)), CAST(1e15 AS DOUBLE), TRUE),
(6, '2025', '2025-1-5 10:00', DATE '2025-01-01', TIMESTAMP '2025-01-01 12:34:56.789', 100, CAST(0.0001 AS DECIMAL(18,4)), CAST(0.1 AS DOUBLE), TRUE),
(7, 'a.b*c', '2025-01-05T10:00:00+02:00', DATE '2000-02-28', TIMESTAMP '2000-02-28 10:00:00', 1, CAST(3.5 AS DECIMAL(18,4)), CAST(0.5 AS DOUBLE), FALSE),
(8, 'x' || chr(10) || 'y', '2025/01/05', DATE '2024-12-30', TIMESTAMP '2024-12-30 10:00:00', 2, CAST(1.5 AS DECIMAL(18,4)), CAST(1.5 AS DOUBLE), TRUE)
"""  # noqa: E501

COLUMNS = "id, s, u, d, t, i, e, x, b"

TEXT = """
lower(s)
upper(s)
trim(s)
trim(u)
ltrim(u)
rtrim(u)
trim(s, 'ab')
length(s)
len(u)
strlen(s)
left(s, 2)
right(s, 2)
substr(s, 2)
substr(s, 2, 2)
substring(s, 3, 100)
substr(s, -2)
substr(s, strpos(s, '-') + 1)
substr(s, i, 2)
substr(s, strpos(s, '-'), 2)
lpad(s, 5, '0')
rpad(s, 3, 'xy')
replace(s, 'a', 'bb')
repeat(s, 2)
concat(s, i, u)
concat(s, 'a', NULL)
concat_ws('-', s, u, i)
s || u
s || i
'k:' || i || ':' || d
contains(s, 'b')
starts_with(s, 'a')
ends_with(s, 'e')
prefix(s, 'a')
suffix(s, 'e')
instr(s, '-')
strpos(s, 'ß')
position('b' IN s)
split_part(s, '-', 1)
split_part(s, '-', 2)
split_part(s, '-', 3)
translate(s, 'ab', 'c')
regexp_matches(s, '^[a-z]')
regexp_matches(s, 'y$')
regexp_matches(s, 'x.y')
regexp_matches(s, 'x\\sy')
regexp_full_match(s, 'a.*')
regexp_full_match(s, '[0-9]+(\\.[0-9]+)?')
regexp_extract(s, '([a-z]+)', 1)
regexp_extract(s, '[0-9]+')
regexp_extract(s, '(q)?[0-9]', 1)
regexp_replace(s, '[^a-z]', '_', 'g')
s SIMILAR TO 'a.*'
s LIKE 'a%'
s LIKE '%.b%'
s LIKE '_-_'
s NOT LIKE '%a%'
s IN ('a-b', '')
s BETWEEN 'a' AND 'b'
s < 'b'
nullif(s, '')
coalesce(s, u, 'z')
ifnull(s, 'z')
md5(s)
CAST(unhex(md5(s)) AS UUID)
md5_number_lower(s)
md5_number_upper(s)
printf('%.1e', x)
'it''s \\ "quoted"'
chr(228)
"""

NUMBERS = """
abs(i)
abs(e)
ceil(e)
ceil(x)
floor(e)
floor(x)
sign(i)
i % 3
mod(i, 3)
i + 1
e + i
i - e
i * e
i * 2.5
e * 2
i / 2
i / 4
e / 3
x / 3
1 / i
e / i
i // 2
-i
-e
greatest(i, 3)
greatest(i, e)
least(i, NULL, 3)
i = 7
e > 0
x >= e
x <> 0.5
i BETWEEN 0 AND 10
60.0 * i / 7
CASE WHEN i = 1 THEN 2.5 ELSE i END
CASE i WHEN 7 THEN 'seven' ELSE s END
if(i > 1, 'a', s)
nullif(i, 0)
coalesce(i, e)
"""

TIME = """
year(d)
month(t)
day(t)
hour(t)
minute(t)
second(t)
quarter(d)
week(d)
weekofyear(d)
isoyear(d)
isodow(d)
dayofweek(d)
dayofmonth(d)
dayofyear(d)
weekday(d)
last_day(d)
last_day(t)
epoch(t)
epoch(d)
extract(year FROM d)
extract(quarter FROM d)
extract(dow FROM d)
extract(isodow FROM d)
extract(week FROM d)
extract(epoch FROM t)
date_part('month', t)
date_part('dow', t)
date_trunc('day', t)
date_trunc('week', d)
date_trunc('month', CAST(t AS DATE))
date_trunc('month', d)
date_trunc('quarter', t)
date_trunc('year', t)
date_trunc('hour', t)
date_diff('day', d, t)
date_diff('day', t, TIMESTAMP '2025-01-01 00:00:01')
date_diff('week', d, DATE '2025-01-05')
date_diff('month', d, DATE '2025-01-31')
date_diff('quarter', d, DATE '2025-01-31')
date_diff('year', d, DATE '2025-01-31')
date_diff('hour', t, TIMESTAMP '2025-01-01 00:00:01')
date_diff('minute', t, TIMESTAMP '2025-01-01 00:00:01')
date_diff('second', t, TIMESTAMP '2025-01-01 00:00:01')
date_diff('second', TIMESTAMP '2025-01-01 00:00:01', t)
datediff('month', DATE '2025-01-31', d)
date_sub('year', d, DATE '2025-02-28')
date_sub('year', DATE '2000-02-29', d)
datesub('month', d, DATE '2025-02-28')
datesub('month', DATE '2024-01-31', d)
datesub('quarter', d, DATE '2025-02-28')
datesub('day', t, TIMESTAMP '2025-01-01 00:00:01')
datesub('hour', t, TIMESTAMP '2025-01-01 00:00:01')
datesub('week', t, TIMESTAMP '2025-01-01 00:00:01')
d + 1
d - 1
d + i
CAST(t AS DATE) - CAST(d AS DATE)
d + INTERVAL 1 MONTH
d - INTERVAL 1 YEAR
d + INTERVAL '14' DAY
d + INTERVAL 2 WEEK
t + INTERVAL 90 MINUTE
t - INTERVAL (i) DAY
d + to_months(i)
d + to_years(2)
d - to_weeks(1)
d + to_days(i)
t + to_minutes(5)
t + to_seconds(5)
datepart('year', d)
t + to_hours(2)
CAST(d + INTERVAL 1 MONTH AS DATE)
d < t
d = CAST(t AS DATE)
d BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'
t >= TIMESTAMP '2024-02-29 10:00:00'
d >= '2024-02-29'
greatest(d, DATE '2024-01-01')
make_date(2025, 1, 2)
make_date(year(d), 12, 31)
make_timestamp(2025, 1, 2, 3, 4, 5.5)
strptime('1.2.2025', '%d.%m.%Y')
strptime('2025-02-01 10:11:12', '%Y-%m-%d %H:%M:%S')
CAST(strptime('01.02.2025', '%d.%m.%Y') AS DATE)
try_strptime(u, '%Y-%m-%d')
try_strptime(s, '%d.%m.%Y')
strftime(t, '%d.%m.%Y %H:%M:%S')
strftime(d, '%Y-%m')
"""

CASTS = """
CAST(i AS VARCHAR)
CAST(e AS VARCHAR)
CAST(d AS VARCHAR)
CAST(t AS VARCHAR)
CAST(b AS VARCHAR)
CAST(s AS VARCHAR)
CAST(date_trunc('month', d) AS VARCHAR)
CAST(e / 1000000 AS INTEGER)
CAST(x / 1e9 AS INTEGER)
CAST(e AS BIGINT)
CAST(x AS BIGINT)
CAST(b AS INTEGER)
CAST(t AS DATE)
CAST(d AS TIMESTAMP)
CAST(i AS DOUBLE)
CAST(e AS DOUBLE)
CAST(i AS DECIMAL(18,4))
CAST(e AS DECIMAL(18,2))
CAST(e AS DECIMAL(18,0))
CAST(i AS BOOLEAN)
TRY_CAST(s AS INTEGER)
TRY_CAST(s AS BIGINT)
TRY_CAST(s AS DOUBLE)
TRY_CAST(s AS DECIMAL(18,4))
TRY_CAST(s AS DATE)
TRY_CAST(u AS DATE)
TRY_CAST(u AS TIMESTAMP)
TRY_CAST(s AS BOOLEAN)
TRY_CAST(i AS SMALLINT)
CAST(CAST(i AS VARCHAR) AS BIGINT)
CAST('2025-01-05' AS DATE)
CAST('2025-01-05 10:00:00' AS TIMESTAMP)
"""

LOGIC = """
b
NOT b
b AND i > 0
b OR i > 0
b IS NULL
s IS NOT NULL
s IS DISTINCT FROM 'a-b'
s IS NOT DISTINCT FROM NULL
i IN (1, 2, NULL)
s NOT IN ('a-b')
(s, i) IN (('a-b', 7))
coalesce(b, FALSE)
CASE WHEN b THEN s END
"""

AGGREGATES = """
count(*)
count(s)
count(DISTINCT i % 2)
count(DISTINCT (b, s))
count_if(b)
sum(i)
sum(e)
sum(CASE WHEN b THEN 1 ELSE 0 END)
sum(i) FILTER (WHERE b)
avg(i)
avg(e)
mean(i)
median(i)
median(x)
quantile_cont(i, 0.9)
min(s)
max(s)
min(d)
max(t)
bool_or(b)
bit_xor(i)
CAST(sum(md5_number_lower(s)) AS VARCHAR)
count(DISTINCT hash(s, i, 1))
bool_and(b)
arg_min(s, i)
arg_max(s, i)
any_value(s) FILTER (WHERE id = 1)
"""


def expressions(block: str) -> tuple[str, ...]:
    return tuple(line for line in block.splitlines() if line)
