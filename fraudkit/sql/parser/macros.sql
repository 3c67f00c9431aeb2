-- What the parser instance knows about numbers and identifiers written by people.
-- A value is read quickly when it is plain; the other branches run only for the values that are not.
-- Patterns are constants: the engine folds them and compiles each once.

CREATE MACRO is_plain_with_point(value) AS regexp_full_match(value, '-?[0-9]{1,16}(\.[0-9]{1,2})?');
CREATE MACRO is_plain_with_comma(value) AS regexp_full_match(value, '-?[0-9]{1,16}(,[0-9]{1,2})?');
CREATE MACRO plain_with_point(value) AS value;
CREATE MACRO plain_with_comma(value) AS replace(value, ',', '.');

-- Currency signs that may stand beside a number. A longer sign comes before its beginning.
CREATE MACRO currency_pattern() AS
    '(?i:S/\.?|US\$|R\$|MX\$|COP\$?|PEN|USD|EUR|GBP|MXN|CLP|ARS|BRL|BOB|Bs\.?|\$|€|£)';

-- Digits, in groups of three or not, with decimals after a point or after a comma.
CREATE MACRO point_pattern() AS
    '(?:(?:[0-9]{1,3}(?:[, ''’][0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)';
CREATE MACRO comma_pattern() AS
    '(?:(?:[0-9]{1,3}(?:[. ''’][0-9]{3})+|[0-9]+)(?:,[0-9]*)?|,[0-9]+)';

-- Sign before, between or after; parentheses are an accountant's minus.
CREATE MACRO signed_pattern(number) AS
    '\s*(?:[-+]?\s*(?:' || currency_pattern() || ')?\s*' || number || '\s*(?:' || currency_pattern() || ')?'
    || '|' || currency_pattern() || '\s*[-+]\s*' || number
    || '|(?:' || currency_pattern() || ')?\s*\(\s*(?:' || currency_pattern() || ')?\s*' || number || '\s*\)'
    || '|(?:' || currency_pattern() || ')?\s*' || number || '\s*(?:' || currency_pattern() || ')?\s*-'
    || ')\s*';

CREATE MACRO with_plain_signs(value) AS
    replace(replace(replace(value, '−', '-'), chr(160), ' '), chr(8239), ' ');

CREATE MACRO is_exponential(value) AS
    regexp_full_match(value, '\s*[-+]?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]{1,3}\s*');

-- A number as plain digits with a point, or NULL when it is not one.
CREATE MACRO number_with_point(value) AS CASE
    WHEN regexp_full_match(with_plain_signs(value), signed_pattern(point_pattern())) THEN
        CASE WHEN regexp_matches(with_plain_signs(value), '[-(]') THEN '-' ELSE '' END
        || replace(replace(replace(replace(
            regexp_extract(regexp_replace(with_plain_signs(value), currency_pattern(), ''), '[0-9.](?:[0-9., ''’]*[0-9.])?'), ',', ''), ' ', ''), '''', ''), '’', '')
    WHEN is_exponential(value) THEN CAST(TRY_CAST(trim(value) AS DECIMAL(38, 15)) AS VARCHAR)
END;
CREATE MACRO number_with_comma(value) AS CASE
    WHEN regexp_full_match(with_plain_signs(value), signed_pattern(comma_pattern())) THEN
        CASE WHEN regexp_matches(with_plain_signs(value), '[-(]') THEN '-' ELSE '' END
        || replace(replace(replace(replace(replace(
            regexp_extract(regexp_replace(with_plain_signs(value), currency_pattern(), ''), '[0-9,](?:[0-9., ''’]*[0-9,])?'), '.', ''), ' ', ''), '''', ''), '’', ''), ',', '.')
END;

CREATE MACRO decimals_of(number) AS length(rtrim(split_part(number, '.', 2), '0'));

-- Binary noise such as 85.64999999999999: 15 or more significant digits, within 1e-9 of two decimals.
CREATE MACRO is_float_noise(number) AS
    decimals_of(number) > 2
    AND length(ltrim(replace(replace(number, '.', ''), '-', ''), '0')) >= 15
    AND abs(TRY_CAST(number AS DECIMAL(38, 15)) - round(TRY_CAST(number AS DECIMAL(38, 15)), 2)) < 0.000000001;

CREATE MACRO amount_of_number(number) AS CASE
    WHEN decimals_of(number) <= 2 THEN TRY_CAST(number AS DECIMAL(18, 2))
    WHEN is_float_noise(number) THEN TRY_CAST(round(TRY_CAST(number AS DECIMAL(38, 15)), 2) AS DECIMAL(18, 2))
END;

-- Words that stand for a missing number; in a text column they stay text.
CREATE MACRO without_missing_words(value) AS CASE
    WHEN lower(value) IN ('null', 'none', 'nan', 'n/a', 'na', '#n/a', '\n', '-', 'n.d.', 's/d') THEN NULL
    ELSE value
END;

CREATE MACRO number_reason(value, number) AS CASE
    WHEN regexp_matches(value, '^\s*[=@]') THEN 'formula'
    WHEN regexp_full_match(value, '(?i)\s*[-+]?(?:inf(?:inity)?|nan)\s*') THEN 'not_finite'
    WHEN number IS NULL THEN 'number_unreadable'
    WHEN length(ltrim(split_part(replace(number, '-', ''), '.', 1), '0')) > 16 THEN 'number_too_large'
    ELSE 'third_decimal'
END;

CREATE MACRO flag_of(value) AS CASE
    WHEN value IN ('1', '1.0') OR lower(value) IN ('true', 't', 'yes', 'y', 'si', 'sí', 's', 'fraud', 'fraude') THEN true
    WHEN value IN ('0', '0.0') OR lower(value) IN ('false', 'f', 'no', 'n') THEN false
END;

CREATE MACRO currency_of(value) AS CASE
    WHEN regexp_matches(value, '(?i)US\$|USD') THEN 'USD'
    WHEN regexp_matches(value, '(?i)S/|PEN') THEN 'PEN'
    WHEN regexp_matches(value, '(?i)€|EUR') THEN 'EUR'
    WHEN regexp_matches(value, '(?i)£|GBP') THEN 'GBP'
    WHEN regexp_matches(value, '(?i)COP') THEN 'COP'
    WHEN regexp_matches(value, '(?i)MX\$|MXN') THEN 'MXN'
    WHEN regexp_matches(value, '(?i)R\$|BRL') THEN 'BRL'
    WHEN regexp_matches(value, '(?i)BOB|Bs') THEN 'BOB'
    WHEN regexp_matches(value, '(?i)CLP') THEN 'CLP'
    WHEN regexp_matches(value, '(?i)ARS') THEN 'ARS'
END;

-- Codes for the names that Peruvian extracts use; any other value stays as it is.
CREATE MACRO currency_code(value) AS CASE
    WHEN lower(value) IN ('soles', 'sol', 'nuevos soles', 's/', 's/.', 'mn', 'pen', '604') THEN 'PEN'
    WHEN lower(value) IN ('dolares', 'dólares', 'dolar', 'dólar', 'us$', 'me', 'usd', '840', 'dolares americanos', 'dólares americanos') THEN 'USD'
    WHEN lower(value) IN ('euros', 'euro', '€', 'eur', '978') THEN 'EUR'
    ELSE value
END;

-- An integer that a spreadsheet turned into a float gets its digits back; a rounded one is lost.
CREATE MACRO identifier_of_float(value) AS nullif(regexp_extract(value, '^([0-9]+)(?:\.0*)?$', 1), '');
CREATE MACRO is_damaged_identifier(value) AS regexp_full_match(value, '[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+');

-- Number of the month from its name in Spanish or English, as two digits.
CREATE MACRO month_of(value) AS CASE left(regexp_extract(lower(value), '[a-z]{3,}'), 3)
    WHEN 'ene' THEN '01' WHEN 'jan' THEN '01' WHEN 'feb' THEN '02' WHEN 'mar' THEN '03'
    WHEN 'abr' THEN '04' WHEN 'apr' THEN '04' WHEN 'may' THEN '05' WHEN 'jun' THEN '06'
    WHEN 'jul' THEN '07' WHEN 'ago' THEN '08' WHEN 'aug' THEN '08' WHEN 'set' THEN '09'
    WHEN 'sep' THEN '09' WHEN 'oct' THEN '10' WHEN 'nov' THEN '11' WHEN 'dic' THEN '12'
    WHEN 'dec' THEN '12'
END;
CREATE MACRO with_month_number(value) AS
    regexp_replace(regexp_replace(lower(value), '\s+del?\s+', '-', 'g'), '[a-z]{3,}\.?', month_of(value));

-- Minutes east of Greenwich of a written offset; NULL when there is none.
CREATE MACRO offset_of(value) AS CASE
    WHEN regexp_matches(value, '(?i)(?:Z|UTC|GMT)$') THEN 0
    WHEN regexp_matches(value, ':[0-9]{2}(?:[.,][0-9]+)?\s*[-+][0-9]{2}(?::?[0-9]{2})?$') THEN
        CASE WHEN regexp_matches(value, '-[0-9]{2}(?::?[0-9]{2})?$') THEN -1 ELSE 1 END
        * (CAST(regexp_extract(value, '[-+]([0-9]{2})(?::?[0-9]{2})?$', 1) AS INTEGER) * 60
           + coalesce(TRY_CAST(regexp_extract(value, '[-+][0-9]{2}:?([0-9]{2})$', 1) AS INTEGER), 0))
END;
CREATE MACRO precision_code(name) AS
    CAST(CASE name WHEN 'microsecond' THEN 0 WHEN 'second' THEN 1 WHEN 'minute' THEN 2 ELSE 3 END AS TINYINT);
CREATE MACRO precision_of(value) AS CASE
    WHEN NOT contains(value, ':') THEN 'date'
    WHEN regexp_matches(value, ':[0-9]{2}[.,][0-9]') THEN 'microsecond'
    WHEN regexp_matches(value, ':[0-9]{2}:[0-9]{2}') THEN 'second'
    ELSE 'minute'
END;
