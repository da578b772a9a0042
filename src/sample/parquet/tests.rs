use super::*;
use ::parquet::basic::Compression;
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use std::fs::File;
use std::io::Write;

const SCHEMA: &str = "
    message orders {
        optional int32 created_date (DATE);
        optional int64 created_at (TIMESTAMP(MICROS, true));
        optional int64 local_at (TIMESTAMP(MICROS, false));
        optional binary status (UTF8);
        optional group address { optional binary zip (UTF8); }
        optional group items (LIST) { repeated group list { optional int64 element; } }
        repeated int64 plain;
        optional int32 price (DECIMAL(9, 2));
        required double weight;
        required boolean paid;
    }";

/// Three rows: all there; an empty list and a NULL in the STRUCT; everything NULL that can be.
fn orders(compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    macro_rules! column {
        ($type:ty, $values:expr, $def:expr, $rep:expr) => {{
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<$type>().write_batch(&$values, $def, $rep).unwrap();
            column.close().unwrap();
        }};
    }
    let there = |levels: &'static [i16]| Some(levels);
    column!(Int32Type, [20_605, 20_606], there(&[1, 1, 0]), None);
    column!(Int64Type, [1_780_268_400_000_000, 1_780_268_400_000_000], there(&[1, 1, 0]), None);
    column!(Int64Type, [1_780_268_400_000_000, 1_780_268_400_000_000], there(&[1, 1, 0]), None);
    column!(ByteArrayType, [text("paid"), text("draft")], there(&[1, 1, 0]), None);
    column!(ByteArrayType, [text("100-0001")], there(&[2, 1, 0]), None);
    column!(Int64Type, [7, 8], there(&[3, 3, 1, 0]), there(&[0, 1, 0, 0]));
    column!(Int64Type, [7, 8], there(&[1, 1, 0, 0]), there(&[0, 1, 0, 0]));
    column!(Int32Type, [1_050, -1_050], there(&[1, 1, 0]), None);
    column!(DoubleType, [0.5, 1.5, 2.5], None, None);
    column!(BoolType, [true, false, true], None, None);
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(bytes: &[u8], wanted: &[&str]) -> Result<Vec<Vec<Value>>, String> {
    let mut columns = Columns::default();
    for name in wanted {
        columns.ask(&Path(name.split('.').map(str::to_owned).collect()));
    }
    let mut all = Vec::new();
    let mut visit = |row: &[Value]| {
        all.push(row.to_vec());
        Ok(())
    };
    rows(file(bytes), &columns, &mut visit).map_err(|error| error.message)?;
    Ok(all)
}

#[test]
fn values_have_the_types_of_the_table() {
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::GZIP(Default::default())]
    {
        let bytes = orders(compression);
        let wanted = ["Status", "created_date", "created_at", "local_at", "price", "weight", "paid"];
        let rows = read(&bytes, &wanted).unwrap();
        let expected = [
            Value::Text("paid".into()),
            Value::Date(jiff::civil::date(2026, 6, 1)),
            Value::Timestamp("2026-05-31T23:00:00Z".parse().unwrap()),
            Value::DateTime("2026-05-31T23:00:00".parse().unwrap()),
            Value::Float(10.5),
            Value::Float(0.5),
            Value::Bool(true),
        ];
        assert_eq!(rows[0], expected);
        assert_eq!(rows[1][4], Value::Float(-10.5));
        assert_eq!(rows[2][..5], vec![Value::Null; 5]);
    }
}

#[test]
fn structs_and_lists_may_be_null_or_empty() {
    let rows = read(&orders(Compression::SNAPPY), &["address.zip", "items", "plain", "address"]).unwrap();
    let group = Value::Other("a STRUCT");
    assert_eq!(rows[0], [Value::Text("100-0001".into()), Value::List(2), Value::List(2), group.clone()]);
    assert_eq!(rows[1], [Value::Null, Value::List(0), Value::List(0), group]);
    assert_eq!(rows[2], [Value::Null, Value::Null, Value::List(0), Value::Null]);
}

#[test]
fn what_is_not_there_is_said() {
    let bytes = orders(Compression::SNAPPY);
    let error = |wanted| read(&bytes, &[wanted]).unwrap_err();
    assert_eq!(error("statu"), "the sample has no column `statu`");
    assert_eq!(error("status.zip"), "the sample has no column `status.zip`");
    assert_eq!(error("items.element"), "`items` is a list; a field of its elements has no share of NULLs");
    assert!(read(b"", &["a"]).unwrap_err().starts_with("the file cannot be read as Parquet"));
    assert!(
        read(b"id,status\n1,paid\n", &["a"]).unwrap_err().starts_with("the file cannot be read as Parquet")
    );
    assert_eq!(read(&bytes, &[]).map(|rows| rows.len()), Ok(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A file that is damaged is refused, or read with other values.
    #[test]
    fn no_damage_is_too_strange(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = orders(Compression::UNCOMPRESSED);
        let index = at.index(bytes.len());
        bytes[index] = byte;
        if let Some(cut) = cut {
            let length = cut.index(bytes.len());
            bytes.drain(length.saturating_sub(8)..length);
        }
        let _ = read(&bytes, &["status", "address.zip", "items", "plain", "created_date", "price", "weight", "paid"]);
    }
}
