//! Rows of a Parquet file.

use super::measure::missing;
use super::{Columns, SampleError, Value, Visit};
use crate::nulls::Path;
use ::parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::Decimal;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use ::parquet::record::{Field, Row};
use ::parquet::schema::types::{Type, TypePtr};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Gives every row to `visit`.
///
/// # Errors
/// The file is no Parquet, a column is missing, or a row cannot be judged: what `visit` says, with its number.
pub fn rows(
    file: impl ChunkReader + 'static,
    columns: &Columns,
    visit: &mut Visit<'_>,
) -> Result<(), SampleError> {
    let length = file.len();
    let reader = guarded(|| SerializedFileReader::new(file))?.map_err(|error| unreadable(&error))?;
    within(reader.metadata(), length)?;
    let schema = reader.metadata().file_metadata().schema();
    let found = columns.paths().iter().map(|path| Place::of(path, schema)).collect::<Result<Vec<_>, _>>()?;
    let (projection, found) = projected(schema, found)?;
    let mut rows = guarded(|| reader.get_row_iter(Some(projection)))?.map_err(|error| unreadable(&error))?;
    let mut values = Vec::new();
    let mut number: u64 = 0;
    while let Some(row) = guarded(|| rows.next())? {
        let row = row.map_err(|error| unreadable(&error))?;
        number += 1;
        let at = |message: String| SampleError::new(format!("row {number}: {message}"));
        values.clear();
        for place in &found {
            values.push(place.value(&row).map_err(at)?);
        }
        visit(&values).map_err(at)?;
    }
    Ok(())
}

/// What the crate makes of the file, which panics at damaged pages: at a dictionary that is missing, at a page that ends too
/// early, at columns of different lengths. Only it could look into a page before it reads it, so nothing but catching this
/// keeps a damaged file from ending the program. What panicked is never used again.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, SampleError> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| damaged())
}

fn damaged() -> SampleError {
    SampleError::new("the file cannot be read as Parquet: it is damaged")
}

fn unreadable(error: &ParquetError) -> SampleError {
    const LONGEST: usize = 160;
    let message = super::value::shown_up_to(&error.to_string(), LONGEST);
    // As the crate says of a codec that it is built without.
    let codec = message.contains("codec") || message.contains("Disabled feature");
    let error = SampleError::new(format!("the file cannot be read as Parquet: {message}"));
    if codec { error.help("write it without compression, or compressed by Snappy or GZIP") } else { error }
}

/// The crate panics at columns that begin or end outside of the file, so they are refused before.
fn within(metadata: &ParquetMetaData, length: u64) -> Result<(), SampleError> {
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
    let mut ends = columns.map(|column| {
        let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let size = u64::try_from(column.compressed_size()).ok()?;
        let sound = column.data_page_offset() >= 0 && column.num_values() >= 0;
        u64::try_from(first).ok().filter(|_| sound)?.checked_add(size)
    });
    let sound = ends.all(|end| end.is_some_and(|end| end <= length))
        && metadata.row_groups().iter().all(|group| group.num_rows() >= 0);
    sound.then_some(()).ok_or_else(damaged)
}

/// Where a value is in a row.
struct Place {
    /// The fields that lead to it, by their places: the first in the row, then in each group.
    steps: Vec<usize>,
    leaf: TypePtr,
}

impl Place {
    fn of(path: &Path, schema: &Type) -> Result<Place, SampleError> {
        let mut steps = Vec::new();
        let mut node: Option<TypePtr> = None;
        for name in &path.0 {
            if let Some(list) = node.as_ref().filter(|node| is_list(node)) {
                let message =
                    format!("`{}` is a list; a field of its elements has no share of NULLs", list.name());
                return Err(
                    SampleError::new(message).help("measure the list itself, with `counts: nullsAndEmpty`")
                );
            }
            let fields = match &node {
                None => schema.get_fields(),
                Some(node) if node.is_group() => node.get_fields(),
                Some(_) => &[],
            };
            let step = fields.iter().position(|field| field.name().eq_ignore_ascii_case(name));
            let field = step.and_then(|step| fields.get(step).cloned());
            let known = || fields.iter().map(|field| field.name().to_owned()).collect::<Vec<_>>();
            let (Some(step), Some(field)) = (step, field) else {
                return Err(missing(&path.0.join("."), &known()));
            };
            steps.push(step);
            node = Some(field);
        }
        let leaf = node.ok_or_else(|| missing("", &[]))?;
        readable(&leaf)?;
        Ok(Place { steps, leaf })
    }

    fn value(&self, row: &Row) -> Result<Value, String> {
        let mut row = row;
        let mut steps = self.steps.iter();
        let mut field =
            steps.next().and_then(|step| row.get_column_iter().nth(*step)).map(|(_, field)| field);
        for step in steps {
            match field {
                Some(Field::Group(group)) => row = group,
                _ => return Ok(Value::Null),
            }
            field = row.get_column_iter().nth(*step).map(|(_, field)| field);
        }
        field.map_or(Ok(Value::Null), |field| value(field, &self.leaf))
    }
}

fn is_list(node: &Type) -> bool {
    let info = node.get_basic_info();
    let repeated = info.has_repetition() && info.repetition() == Repetition::REPEATED;
    repeated
        || matches!(
            info.converted_type(),
            ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE
        )
}

/// The crate panics at types that it does not read, so they are refused before.
fn readable(node: &Type) -> Result<(), SampleError> {
    if node.is_group() {
        return node.get_fields().iter().try_for_each(|field| readable(field));
    }
    use ConvertedType as Converted;
    let converted = node.get_basic_info().converted_type();
    let fits = match node.get_physical_type() {
        Physical::INT32 => matches!(
            converted,
            Converted::NONE
                | Converted::INT_8
                | Converted::INT_16
                | Converted::INT_32
                | Converted::UINT_8
                | Converted::UINT_16
                | Converted::UINT_32
                | Converted::DATE
                | Converted::TIME_MILLIS
                | Converted::DECIMAL
        ),
        Physical::INT64 => matches!(
            converted,
            Converted::NONE
                | Converted::INT_64
                | Converted::UINT_64
                | Converted::TIME_MICROS
                | Converted::TIMESTAMP_MILLIS
                | Converted::TIMESTAMP_MICROS
                | Converted::DECIMAL
        ),
        Physical::BYTE_ARRAY => matches!(
            converted,
            Converted::NONE
                | Converted::UTF8
                | Converted::ENUM
                | Converted::JSON
                | Converted::BSON
                | Converted::DECIMAL
        ),
        Physical::FIXED_LEN_BYTE_ARRAY => matches!(converted, Converted::NONE | Converted::DECIMAL),
        Physical::BOOLEAN | Physical::INT96 | Physical::FLOAT | Physical::DOUBLE => true,
    };
    fits.then_some(()).ok_or_else(|| {
        SampleError::new(format!("the column `{}` has a type that cannot be read, {converted}", node.name()))
    })
}

/// The schema with only the columns that are asked for, and their places in it.
fn projected(schema: &Type, mut found: Vec<Place>) -> Result<(Type, Vec<Place>), SampleError> {
    let mut kept: Vec<usize> = found.iter().filter_map(|place| place.steps.first().copied()).collect();
    kept.sort_unstable();
    kept.dedup();
    for place in &mut found {
        if let Some(first) = place.steps.first_mut() {
            *first = kept.iter().position(|kept| kept == first).unwrap_or_default();
        }
    }
    let fields: Vec<TypePtr> =
        kept.iter().filter_map(|step| schema.get_fields().get(*step)).map(Arc::clone).collect();
    let projection = Type::group_type_builder(schema.name()).with_fields(fields).build();
    Ok((projection.map_err(|error| unreadable(&error))?, found))
}

fn value(field: &Field, leaf: &Type) -> Result<Value, String> {
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bool(truth) => Value::Bool(*truth),
        Field::Byte(number) => Value::Integer((*number).into()),
        Field::Short(number) => Value::Integer((*number).into()),
        Field::Int(number) => Value::Integer((*number).into()),
        Field::UByte(number) => Value::Integer((*number).into()),
        Field::UShort(number) => Value::Integer((*number).into()),
        Field::UInt(number) => Value::Integer((*number).into()),
        Field::ULong(number) => i64::try_from(*number).map_or(Value::Other("an INT64"), Value::Integer),
        Field::Long(number) => match leaf.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(kind)) if matches!(kind.unit, TimeUnit::NANOS) => {
                instant(Timestamp::from_nanosecond((*number).into()), leaf)?
            }
            _ => Value::Integer(*number),
        },
        Field::Float16(number) => Value::Float(f64::from(f32::from(*number))),
        Field::Float(number) => Value::Float((*number).into()),
        Field::Double(number) => Value::Float(*number),
        Field::Decimal(decimal) => Value::Float(decimal_of(decimal)),
        Field::Str(text) => Value::Text(text.clone()),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Other("BYTES"),
        },
        Field::Date(days) => {
            // Some writers mean "for ever" by a day that no calendar has.
            let since = jiff::Span::new().try_days(*days);
            let date = since.and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days));
            Value::Date(date.map_err(|_| "a date is out of range".to_owned())?)
        }
        Field::TimestampMillis(number) => instant(Timestamp::from_millisecond(*number), leaf)?,
        Field::TimestampMicros(number) => instant(Timestamp::from_microsecond(*number), leaf)?,
        Field::TimeMillis(_) | Field::TimeMicros(_) => Value::Other("a TIME"),
        Field::Group(_) => Value::Other("a STRUCT"),
        Field::ListInternal(list) => Value::List(list.len()),
        Field::MapInternal(map) => Value::List(map.len()),
    })
}

/// A DATETIME is written like an instant that belongs to no time zone.
fn instant(instant: Result<Timestamp, jiff::Error>, leaf: &Type) -> Result<Value, String> {
    let instant = instant.map_err(|_| "a time is out of range".to_owned())?;
    Ok(match leaf.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(kind)) if !kind.is_adjusted_to_u_t_c => {
            Value::DateTime(instant.to_zoned(TimeZone::UTC).datetime())
        }
        _ => Value::Timestamp(instant),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a NUMERIC is compared as a FLOAT64, as the docs say")]
fn decimal_of(decimal: &Decimal) -> f64 {
    let negative = decimal.data().first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1_i128 } else { 0 };
    let digits = decimal.data().iter().fold(start, |sum, byte| (sum << 8) | i128::from(*byte));
    digits as f64 / 10_f64.powi(decimal.scale())
}

#[cfg(test)]
mod tests;
