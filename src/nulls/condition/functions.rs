//! The functions of BigQuery, as its reference lists them, and what other dialects call them.

use crate::diagnostics::closest;

/// A page of the reference, <https://cloud.google.com/bigquery/docs/reference/standard-sql/functions-all>.
struct Page {
    /// Functions whose result is never BOOL, whatever their arguments are.
    never_bool: &'static str,
    /// The others.
    maybe_bool: &'static str,
}

/// Without those of several rows, which have their own refusal, and those whose names have a point (`NET.HOST`).
const PAGES: [Page; 19] = [
    // AEAD and DLP encryption
    Page {
        never_bool: "DETERMINISTIC_DECRYPT_BYTES DETERMINISTIC_DECRYPT_STRING DETERMINISTIC_ENCRYPT \
             DLP_DETERMINISTIC_DECRYPT DLP_DETERMINISTIC_ENCRYPT DLP_KEY_CHAIN",
        maybe_bool: "",
    },
    // Array
    Page {
        never_bool: "ARRAY ARRAY_CONCAT ARRAY_LENGTH ARRAY_REVERSE ARRAY_SLICE ARRAY_TO_STRING GENERATE_ARRAY \
             GENERATE_DATE_ARRAY GENERATE_TIMESTAMP_ARRAY",
        maybe_bool: "ARRAY_FIRST ARRAY_LAST OFFSET ORDINAL SAFE_OFFSET SAFE_ORDINAL",
    },
    // Bit
    Page { never_bool: "BIT_COUNT", maybe_bool: "" },
    // Conditional expressions
    Page { never_bool: "", maybe_bool: "COALESCE IF IFNULL NULLIF" },
    // Conversion
    Page { never_bool: "PARSE_BIGNUMERIC PARSE_NUMERIC", maybe_bool: "CAST SAFE_CAST" },
    // Date
    Page {
        never_bool: "CURRENT_DATE DATE DATE_ADD DATE_DIFF DATE_FROM_UNIX_DATE DATE_SUB DATE_TRUNC EXTRACT FORMAT_DATE \
             LAST_DAY PARSE_DATE UNIX_DATE",
        maybe_bool: "",
    },
    // Datetime
    Page {
        never_bool: "CURRENT_DATETIME DATETIME DATETIME_ADD DATETIME_DIFF DATETIME_SUB DATETIME_TRUNC FORMAT_DATETIME \
             PARSE_DATETIME",
        maybe_bool: "",
    },
    // Debugging, security and utility
    Page { never_bool: "GENERATE_UUID SESSION_USER TYPEOF", maybe_bool: "EXTERNAL_OBJECT_TRANSFORM" },
    // Geography
    Page {
        never_bool: "S2_CELLIDFROMPOINT S2_COVERINGCELLIDS ST_ANGLE ST_AREA ST_ASBINARY ST_ASGEOJSON ST_ASTEXT ST_AZIMUTH \
             ST_BOUNDARY ST_BOUNDINGBOX ST_BUFFER ST_BUFFERWITHTOLERANCE ST_CENTROID ST_CLOSESTPOINT ST_CONVEXHULL \
             ST_DIFFERENCE ST_DIMENSION ST_DISTANCE ST_DUMP ST_ENDPOINT ST_EXTERIORRING ST_GEOGFROM ST_GEOGFROMGEOJSON \
             ST_GEOGFROMTEXT ST_GEOGFROMWKB ST_GEOGPOINT ST_GEOGPOINTFROMGEOHASH ST_GEOHASH ST_GEOMETRYTYPE \
             ST_HAUSDORFFDISTANCE ST_INTERIORRINGS ST_INTERSECTION ST_LENGTH ST_LINEINTERPOLATEPOINT ST_LINELOCATEPOINT \
             ST_LINESUBSTRING ST_MAKELINE ST_MAKEPOLYGON ST_MAKEPOLYGONORIENTED ST_MAXDISTANCE ST_NPOINTS \
             ST_NUMGEOMETRIES ST_NUMPOINTS ST_PERIMETER ST_POINTN ST_SIMPLIFY ST_SNAPTOGRID ST_STARTPOINT ST_UNION ST_X \
             ST_Y",
        maybe_bool: "ST_CONTAINS ST_COVEREDBY ST_COVERS ST_DISJOINT ST_DWITHIN ST_EQUALS ST_HAUSDORFFDWITHIN \
             ST_INTERSECTS ST_INTERSECTSBOX ST_ISCLOSED ST_ISCOLLECTION ST_ISEMPTY ST_ISRING ST_REGIONSTATS ST_TOUCHES \
             ST_WITHIN",
    },
    // Hash
    Page { never_bool: "FARM_FINGERPRINT MD5 SHA1 SHA256 SHA512", maybe_bool: "" },
    // Interval
    Page { never_bool: "JUSTIFY_DAYS JUSTIFY_HOURS JUSTIFY_INTERVAL MAKE_INTERVAL", maybe_bool: "" },
    // JSON
    Page {
        never_bool: "FLOAT64 INT64 JSON_ARRAY JSON_ARRAY_APPEND JSON_ARRAY_INSERT JSON_EXTRACT JSON_EXTRACT_ARRAY \
             JSON_EXTRACT_SCALAR JSON_EXTRACT_STRING_ARRAY JSON_FLATTEN JSON_KEYS JSON_OBJECT JSON_QUERY \
             JSON_QUERY_ARRAY JSON_REMOVE JSON_SET JSON_STRIP_NULLS JSON_TYPE JSON_VALUE JSON_VALUE_ARRAY LAX_FLOAT64 \
             LAX_INT64 LAX_STRING PARSE_JSON STRING TO_JSON TO_JSON_STRING",
        maybe_bool: "BOOL BOOL_ARRAY FLOAT32 FLOAT32_ARRAY FLOAT64_ARRAY INT32 INT32_ARRAY INT64_ARRAY JSON_CONTAINS \
             LAX_BOOL LAX_BOOL_ARRAY LAX_FLOAT64_ARRAY LAX_INT64_ARRAY LAX_STRING_ARRAY SAFE_TO_JSON STRING_ARRAY",
    },
    // Mathematical, and navigation by distance
    Page {
        never_bool: "ABS ACOS ACOSH ASIN ASINH ATAN ATAN2 ATANH CBRT CEIL CEILING COS COSH COSINE_DISTANCE COT COTH CSC \
             CSCH DIV EUCLIDEAN_DISTANCE EXP FLOOR IEEE_DIVIDE LN LOG LOG10 MOD POW POWER RAND RANGE_BUCKET ROUND \
             SAFE_ADD SAFE_DIVIDE SAFE_MULTIPLY SAFE_NEGATE SAFE_SUBTRACT SEC SECH SIGN SIN SINH SQRT TAN TANH TRUNC",
        maybe_bool: "GREATEST IS_INF IS_NAN LEAST",
    },
    // Range
    Page {
        never_bool: "GENERATE_RANGE_ARRAY RANGE_END RANGE_INTERSECT RANGE_START",
        maybe_bool: "RANGE RANGE_CONTAINS RANGE_OVERLAPS",
    },
    // Search and text analysis
    Page { never_bool: "TEXT_ANALYZE", maybe_bool: "BAG_OF_WORDS SEARCH TF_IDF" },
    // String
    Page {
        never_bool: "ASCII BYTE_LENGTH CHARACTER_LENGTH CHAR_LENGTH CHR CODE_POINTS_TO_BYTES CODE_POINTS_TO_STRING COLLATE \
             CONCAT EDIT_DISTANCE FORMAT FROM_BASE32 FROM_BASE64 FROM_HEX INITCAP INSTR LEFT LENGTH LOWER LPAD LTRIM \
             NORMALIZE NORMALIZE_AND_CASEFOLD OCTET_LENGTH REGEXP_EXTRACT REGEXP_EXTRACT_ALL REGEXP_INSTR \
             REGEXP_REPLACE REGEXP_SUBSTR REPEAT REPLACE REVERSE RIGHT RPAD RTRIM SAFE_CONVERT_BYTES_TO_STRING SOUNDEX \
             SPLIT STRPOS SUBSTR SUBSTRING TO_BASE32 TO_BASE64 TO_CODE_POINTS TO_HEX TRANSLATE TRIM UNICODE UPPER",
        maybe_bool: "CONTAINS_SUBSTR ENDS_WITH REGEXP_CONTAINS STARTS_WITH",
    },
    // Time
    Page {
        never_bool: "CURRENT_TIME FORMAT_TIME PARSE_TIME TIME TIME_ADD TIME_DIFF TIME_SUB TIME_TRUNC",
        maybe_bool: "",
    },
    // Time series
    Page { never_bool: "DATETIME_BUCKET DATE_BUCKET TIMESTAMP_BUCKET", maybe_bool: "" },
    // Timestamp
    Page {
        never_bool: "CURRENT_TIMESTAMP FORMAT_TIMESTAMP PARSE_TIMESTAMP TIMESTAMP TIMESTAMP_ADD TIMESTAMP_DIFF \
             TIMESTAMP_MICROS TIMESTAMP_MILLIS TIMESTAMP_SECONDS TIMESTAMP_SUB TIMESTAMP_TRUNC UNIX_MICROS UNIX_MILLIS \
             UNIX_SECONDS",
        maybe_bool: "",
    },
];

/// Functions of many rows, and words that look like functions. They are taken here, and refused elsewhere or not at all.
const NOT_LISTED: &str = "AGG ANY_VALUE APPROX_TOP_COUNT APPROX_TOP_SUM ARRAY_CONCAT_AGG BIT_AND BIT_OR BIT_XOR CORR COVAR_POP COVAR_SAMP \
     CUME_DIST DENSE_RANK FIRST_VALUE GROUPING LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENTILE_CONT PERCENTILE_DISC PERCENT_RANK \
     RANK ROW_NUMBER STDDEV_POP STDDEV_SAMP ST_CENTROID_AGG ST_CLUSTERDBSCAN ST_EXTENT ST_UNION_AGG VAR_POP VAR_SAMP";

/// Functions that GoogleSQL has in other products: BigQuery's reference does not list them, and may tomorrow.
const OF_GOOGLESQL: &str = "APPROX_COSINE_DISTANCE APPROX_DOT_PRODUCT APPROX_EUCLIDEAN_DISTANCE ARRAY_AVG ARRAY_FILTER ARRAY_FIND \
     ARRAY_FIRST_N ARRAY_INCLUDES ARRAY_INCLUDES_ALL ARRAY_INCLUDES_ANY ARRAY_IS_DISTINCT ARRAY_LAST_N ARRAY_MAX \
     ARRAY_MIN ARRAY_OFFSET ARRAY_OFFSETS ARRAY_REMOVE_FIRST ARRAY_REMOVE_FIRST_N ARRAY_REMOVE_LAST ARRAY_REMOVE_LAST_N ARRAY_SUM \
     ARRAY_TRANSFORM ARRAY_ZIP BIT_CAST_TO_INT32 BIT_CAST_TO_INT64 BIT_CAST_TO_UINT32 BIT_CAST_TO_UINT64 BYTES_TO_STRING CURRENT_USER \
     DOT_PRODUCT FLATTEN FLOAT IFERROR ISERROR L1_NORM L2_NORM LAX_DOUBLE \
     LAX_FLOAT LAX_INT32 LAX_UINT32 LAX_UINT64 MANHATTAN_DISTANCE NEW_UUID NULLIFERROR NULLIFZERO \
     PARSE_INTERVAL PI PI_BIGNUMERIC PI_NUMERIC SPLIT_SUBSTR STRING_TO_BYTES TIMESTAMP_FROM_UNIX_MICROS TIMESTAMP_FROM_UNIX_MILLIS \
     TIMESTAMP_FROM_UNIX_SECONDS";

/// Functions of other dialects, and what GoogleSQL calls them.
const FOREIGN: &[(&str, &str)] = &[
    ("ADDDATE", "DATE_ADD(day, INTERVAL 1 DAY)"),
    ("ADD_MONTHS", "DATE_ADD(day, INTERVAL 1 MONTH)"),
    ("ARRAY_CONTAINS", "x IN UNNEST(list)"),
    ("BTRIM", "TRIM(x)"),
    ("CARDINALITY", "ARRAY_LENGTH(x)"),
    ("CHAR", "CHR(x)"),
    ("CHARINDEX", "STRPOS(text, part)"),
    ("CONTAINS", "STRPOS(text, part) > 0"),
    ("CONVERT", "CAST(x AS type)"),
    ("CURDATE", "CURRENT_DATE()"),
    ("CURTIME", "CURRENT_TIME()"),
    ("DATEADD", "DATE_ADD(day, INTERVAL 1 DAY)"),
    ("DATEDIFF", "DATE_DIFF(to, from, DAY)"),
    ("DATEPART", "EXTRACT(DAY FROM x)"),
    ("DATETRUNC", "DATE_TRUNC(day, MONTH)"),
    ("DATE_FORMAT", "FORMAT_DATE('%Y-%m', day)"),
    ("DATE_PART", "EXTRACT(DAY FROM x)"),
    ("DAY", "EXTRACT(DAY FROM x)"),
    ("DAYOFMONTH", "EXTRACT(DAY FROM x)"),
    ("DAYOFWEEK", "EXTRACT(DAYOFWEEK FROM x)"),
    ("DAYOFYEAR", "EXTRACT(DAYOFYEAR FROM x)"),
    ("DECODE", "CASE x WHEN … THEN … END"),
    ("ENDSWITH", "ENDS_WITH(text, part)"),
    ("FIND_IN_SET", "x IN UNNEST(SPLIT(list, ','))"),
    ("FROM_UNIXTIME", "TIMESTAMP_SECONDS(x)"),
    ("GETDATE", "CURRENT_DATETIME()"),
    ("GET_JSON_OBJECT", "JSON_VALUE(x, '$.key')"),
    ("HOUR", "EXTRACT(HOUR FROM x)"),
    ("IIF", "IF(condition, x, y)"),
    ("ISNAN", "IS_NAN(x)"),
    ("ISNULL", "x IS NULL"),
    ("JSON_EXTRACT_PATH_TEXT", "JSON_VALUE(x, '$.key')"),
    ("LCASE", "LOWER(x)"),
    ("LEN", "LENGTH(x)"),
    ("LOCATE", "STRPOS(text, part)"),
    ("MINUTE", "EXTRACT(MINUTE FROM x)"),
    ("MONTH", "EXTRACT(MONTH FROM x)"),
    ("MONTHS_BETWEEN", "DATE_DIFF(to, from, MONTH)"),
    ("NOTNULL", "x IS NOT NULL"),
    ("NOW", "CURRENT_TIMESTAMP()"),
    ("NVL", "IFNULL(x, y)"),
    ("NVL2", "IF(x IS NULL, z, y)"),
    ("POSITION", "STRPOS(text, part)"),
    ("QUARTER", "EXTRACT(QUARTER FROM x)"),
    ("REGEXP_COUNT", "ARRAY_LENGTH(REGEXP_EXTRACT_ALL(text, r'pattern'))"),
    ("REGEXP_LIKE", "REGEXP_CONTAINS(text, r'pattern')"),
    ("REGEXP_MATCH", "REGEXP_CONTAINS(text, r'pattern')"),
    ("REGEXP_MATCHES", "REGEXP_CONTAINS(text, r'pattern')"),
    ("RLIKE", "REGEXP_CONTAINS(text, r'pattern')"),
    ("ROW", "(x, y)"),
    ("SECOND", "EXTRACT(SECOND FROM x)"),
    ("SIZE", "ARRAY_LENGTH(x)"),
    ("SPLIT_PART", "SPLIT(text, ',')[SAFE_OFFSET(0)]"),
    ("STARTSWITH", "STARTS_WITH(text, part)"),
    ("STR_TO_DATE", "PARSE_DATE('%Y-%m-%d', text)"),
    ("SUBDATE", "DATE_SUB(day, INTERVAL 1 DAY)"),
    ("SYSDATE", "CURRENT_DATETIME()"),
    ("TO_CHAR", "FORMAT_DATE('%Y', day)"),
    ("TO_DATE", "PARSE_DATE('%Y-%m-%d', text)"),
    ("TO_NUMBER", "CAST(x AS NUMERIC)"),
    ("TO_TIMESTAMP", "PARSE_TIMESTAMP('%Y-%m-%d', text)"),
    ("TRUNCATE", "TRUNC(x)"),
    ("TRY_CAST", "SAFE_CAST(x AS type)"),
    ("TRY_TO_DATE", "SAFE_CAST(x AS DATE)"),
    ("TRY_TO_NUMBER", "SAFE_CAST(x AS NUMERIC)"),
    ("TRY_TO_TIMESTAMP", "SAFE_CAST(x AS TIMESTAMP)"),
    ("UCASE", "UPPER(x)"),
    ("UNIX_TIMESTAMP", "UNIX_SECONDS(x)"),
    ("UTC_TIMESTAMP", "CURRENT_TIMESTAMP()"),
    ("UUID", "GENERATE_UUID()"),
    ("WEEK", "EXTRACT(WEEK FROM x)"),
    ("WEEKDAY", "EXTRACT(DAYOFWEEK FROM x)"),
    ("YEAR", "EXTRACT(YEAR FROM x)"),
    ("ZEROIFNULL", "IFNULL(x, 0)"),
];

/// What GoogleSQL has for a function of another dialect, in capitals.
pub(super) fn translated(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, ours)| *ours)
}

/// What to do about a name, in capitals, that is no function; `None` where it is one.
pub(super) fn unknown(name: &str) -> Option<String> {
    let mut known = listed().chain(NOT_LISTED.split(' ')).chain(OF_GOOGLESQL.split(' '));
    if known.any(|ours| ours == name) || super::NOT_OF_A_ROW.contains(&name) {
        return None;
    }
    Some(match closest(name, listed()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "write a function of BigQuery, or your own one with its dataset, such as `tools.clean(x)`"
            .to_owned(),
    })
}

/// Whether a function, in capitals, never gives a BOOL.
pub(super) fn is_never_bool(name: &str) -> bool {
    PAGES.iter().any(|page| page.never_bool.split(' ').any(|ours| ours == name))
}

fn listed() -> impl Iterator<Item = &'static str> {
    let names = PAGES.iter().flat_map(|page| page.never_bool.split(' ').chain(page.maybe_bool.split(' ')));
    names.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::*;

    fn refused(text: &str) -> (String, String) {
        let error = Condition::parse(text).unwrap_err();
        (error.message, error.help.into_owned())
    }

    #[test]
    fn a_function_of_another_dialect_is_translated() {
        for (text, name, help) in [
            ("STR_TO_DATE(a, '%Y') > d", "STR_TO_DATE", "write `PARSE_DATE('%Y-%m-%d', text)`"),
            ("date_format(d, '%Y') = '2026'", "DATE_FORMAT", "write `FORMAT_DATE('%Y-%m', day)`"),
            ("d = CURDATE()", "CURDATE", "write `CURRENT_DATE()`"),
            ("DAYOFWEEK(d) = 1", "DAYOFWEEK", "write `EXTRACT(DAYOFWEEK FROM x)`"),
            ("SAFE.DAYOFWEEK(d) = 1", "DAYOFWEEK", "write `EXTRACT(DAYOFWEEK FROM x)`"),
            ("safe.LENGHT(a) = 1", "LENGHT", "did you mean `LENGTH`?"),
            ("CONTAINS(a, 'x')", "CONTAINS", "write `STRPOS(text, part) > 0`"),
        ] {
            assert_eq!(refused(text), (format!("there is no function `{name}`"), help.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_function_that_bigquery_does_not_have_is_refused() {
        assert_eq!(refused("LENGHT(a) = 1").1, "did you mean `LENGTH`?");
        assert_eq!(refused("STARTS_WHITH(a, 'x')").1, "did you mean `STARTS_WITH`?");
        assert!(refused("fingerprint_of_us(a) = 1").1.contains("with its dataset"));
    }

    #[test]
    fn functions_of_bigquery_and_of_ones_own_are_taken() {
        for text in [
            "tools.clean(a) = 1",
            "`my-project`.tools.clean(a)",
            "`p.tools.clean`(a)",
            "NET.HOST(a) = 'x'",
            "safe.LEFT(a, 1) = 'x'",
            "SAFE.PARSE_DATE('%Y', a) = d",
            "`safe`.clean(a)",
        ] {
            assert!(Condition::parse(text).is_ok(), "{text}: {:?}", Condition::parse(text));
        }
        let unknown: Vec<&str> = listed().filter(|name| unknown(name).is_some()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let both: Vec<&str> = listed().filter(|name| translated(name).is_some()).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
