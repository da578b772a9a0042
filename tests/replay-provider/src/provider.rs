//! The calls of plugin protocol 5, answered.

use std::cell::RefCell;
use std::rc::Rc;

use prost::Message;
use rmpv::Value;

use crate::cloud::Cloud;
use crate::normal::{NormalForm, json_member};
use crate::protocol::*;
use crate::rules::{ResourceRules, Rules};
use crate::schema::{Block, ProviderSchema};
use crate::transport::Failure;
use crate::validate::validate;
use crate::value::{Place, decode, encode, from_json, is_unknown, member, member_mut, unknown};

pub struct Provider {
    pub address: String,
    pub schema: ProviderSchema,
    pub rules: Rc<Rules>,
    pub normal: Rc<NormalForm>,
    pub cloud: Cloud,
}

/// One configured use of a provider.
pub struct Session {
    provider: Rc<Provider>,
    config: RefCell<Value>,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

impl Session {
    pub fn new(provider: Rc<Provider>) -> Self {
        Self { provider, config: RefCell::new(Value::Nil) }
    }

    pub fn call(&self, method: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        let provider = &self.provider;
        Ok(match method {
            "GetSchema" => provider.schema.to_message().encode_to_vec(),
            "PrepareProviderConfig" => {
                let request: PrepareConfigRequest = parse(body)?;
                PrepareConfigResponse { prepared_config: request.config }.encode_to_vec()
            }
            "Configure" => {
                let request: ConfigureRequest = parse(body)?;
                *self.config.borrow_mut() = decode(request.config.as_ref())?;
                DiagnosticsResponse::default().encode_to_vec()
            }
            "ValidateResourceTypeConfig" => provider.validate_resource(&parse(body)?)?.encode_to_vec(),
            "ValidateDataSourceConfig" => provider.validate_data_source(&parse(body)?)?.encode_to_vec(),
            "UpgradeResourceState" => Provider::upgrade(parse(body)?).encode_to_vec(),
            "ReadResource" => provider.read(&parse(body)?)?.encode_to_vec(),
            "ReadDataSource" => self.read_data_source(&parse(body)?)?.encode_to_vec(),
            "PlanResourceChange" => self.plan(&parse(body)?)?.encode_to_vec(),
            "ApplyResourceChange" => provider.apply(&parse(body)?)?.encode_to_vec(),
            "ImportResourceState" => provider.import(parse(body)?)?.encode_to_vec(),
            "Stop" => vec![],
            _ => return Err(Failure::Unimplemented),
        })
    }

    fn plan(&self, request: &PlanRequest) -> Result<PlanResponse, String> {
        let (provider, kind) = (&self.provider, &request.type_name);
        let prior = decode(request.prior_state.as_ref())?;
        let mut planned = decode(request.proposed_new_state.as_ref())?;
        let mut requires_replace = Vec::new();
        if !planned.is_nil() {
            let rules = provider.rules.get(kind);
            self.fill_in(provider.resource(kind)?, rules, &mut planned);
            if !prior.is_nil() {
                requires_replace = provider.compare(kind, &prior, &mut planned)?;
            }
        }
        Ok(PlanResponse {
            planned_state: encode(&planned),
            requires_replace,
            // The SDK's laxer rules: a plan may differ from the configuration, a state from the plan.
            legacy_type_system: true,
            ..PlanResponse::default()
        })
    }

    /// Defaults, the provider's project, and "known after apply" for what only the API can say.
    fn fill_in(&self, block: &Block, rules: Option<&ResourceRules>, planned: &mut Value) {
        let config = self.config.borrow();
        block.visit(planned, &mut |place, attribute, value| {
            if attribute.write_only {
                // Terraform insists that such a value is in no plan and in no state.
                *value = Value::Nil;
            }
            if !value.is_nil() {
                return;
            }
            let default = rules.and_then(|rules| rules.defaults.get(&place.path()));
            *value = match default {
                Some(default) => from_json(default),
                None if place.path() == "project" => match member(&config, "project") {
                    Value::Nil => unknown(),
                    project => project.clone(),
                },
                None if attribute.computed && !attribute.write_only => unknown(),
                None => Value::Nil,
            };
        });
    }

    fn read_data_source(&self, request: &ConfigRequest) -> Result<StateResponse, String> {
        let kind = &request.type_name;
        let mut config = decode(request.config.as_ref())?;
        if let Some(project) = member_mut(&mut config, "project").filter(|project| project.is_nil()) {
            *project = member(&self.config.borrow(), "project").clone();
        }
        let block = self.provider.data_source(kind)?;
        Ok(match self.provider.normal.look_up(kind, block, &config) {
            Ok(state) => StateResponse { state: encode(&state), diagnostics: vec![] },
            Err(error) => StateResponse { state: encode(&Value::Nil), diagnostics: vec![refusal(error)] },
        })
    }
}

impl Provider {
    fn resource(&self, kind: &str) -> Result<&Block, String> {
        let schema = self.schema.resource_schemas.get(kind);
        schema.map(|schema| &schema.block).ok_or_else(|| format!("no resource is called {kind}"))
    }

    fn data_source(&self, kind: &str) -> Result<&Block, String> {
        let schema = self.schema.data_source_schemas.get(kind);
        schema.map(|schema| &schema.block).ok_or_else(|| format!("no data source is called {kind}"))
    }

    fn validate_resource(&self, request: &ConfigRequest) -> Result<DiagnosticsResponse, String> {
        let (block, rules) = (self.resource(&request.type_name)?, self.rules.get(&request.type_name));
        Ok(DiagnosticsResponse { diagnostics: validate(block, rules, &decode(request.config.as_ref())?) })
    }

    fn validate_data_source(&self, request: &ConfigRequest) -> Result<DiagnosticsResponse, String> {
        let block = self.data_source(&request.type_name)?;
        Ok(DiagnosticsResponse { diagnostics: validate(block, None, &decode(request.config.as_ref())?) })
    }

    /// State was written by this very provider, so it goes back as it came.
    fn upgrade(request: UpgradeStateRequest) -> StateResponse {
        let json = request.raw_state.unwrap_or_default().json;
        StateResponse { state: Some(DynamicValue { json, ..DynamicValue::default() }), diagnostics: vec![] }
    }

    fn read(&self, request: &ReadRequest) -> Result<StateResponse, String> {
        let mut state = decode(request.current_state.as_ref())?;
        self.normal.settle(&request.type_name, self.resource(&request.type_name)?, &mut state)?;
        Ok(StateResponse { state: encode(&state), diagnostics: vec![] })
    }

    /// Takes suppressed differences out of a plan, and says which of the others force a replacement.
    fn compare(&self, kind: &str, prior: &Value, planned: &mut Value) -> Result<Vec<AttributePath>, String> {
        let mut replaced = Vec::new();
        let rules = self.rules.get(kind);
        let proposed = planned.clone();
        self.resource(kind)?.visit(planned, &mut |place, _, value| {
            let before = place.find(prior);
            if let Some(set) = place.surrounding_set() {
                // The SDK takes a changed item for another item, of which every argument is new.
                let changed = !same_items(set.find(prior), set.find(&proposed));
                if changed && rules.is_some_and(|rules| rules.force_new.contains(&place.path())) {
                    replaced.push(set.to_message());
                }
            } else if self.normal.same(kind, place, before, value) {
                *value = before.clone();
            } else if rules.is_some_and(|rules| forces_new(rules, place, before, value)) {
                replaced.push(place.to_message());
            }
        });
        Ok(replaced)
    }

    fn apply(&self, request: &ApplyRequest) -> Result<ApplyResponse, String> {
        let kind = &request.type_name;
        let mut state = decode(request.planned_state.as_ref())?;
        let prior = decode(request.prior_state.as_ref())?;
        let mut diagnostics = Vec::new();
        if state.is_nil() {
            let kept = self.rules.get(kind).and_then(|rules| rules.refuses_to_delete(&prior));
            let held = || self.cloud.refuses_to_delete(self.normal.holders(kind), &prior);
            if let Some(error) = kept.or_else(held) {
                diagnostics.push(refusal(error));
                state = prior.clone();
            }
        } else {
            let block = self.resource(kind)?;
            let applied = self.normal.settle(kind, block, &mut state);
            if let Err(error) = applied.and_then(|()| self.normal.answer(kind, block, &mut state)) {
                diagnostics.push(refusal(error));
                state = prior.clone();
            }
        }
        self.cloud.changes(kind, &prior, &state);
        Ok(ApplyResponse { new_state: encode(&state), diagnostics, legacy_type_system: true })
    }

    /// There is no cloud to read from, so an imported resource knows its name and nothing else.
    fn import(&self, request: ImportRequest) -> Result<ImportResponse, String> {
        let block = self.resource(&request.type_name)?;
        let mut state = block.empty_object();
        for name in ["id", "name"] {
            if block.attributes.contains_key(name)
                && let Some(value) = member_mut(&mut state, name)
            {
                *value = request.id.as_str().into();
            }
        }
        let imported = ImportedResource { type_name: request.type_name, state: encode(&state) };
        Ok(ImportResponse { imported_resources: vec![imported] })
    }
}

fn forces_new(rules: &ResourceRules, place: &Place, before: &Value, after: &Value) -> bool {
    let path = place.path();
    if let Some(name) = rules.force_new_member.get(&path) {
        return !is_unknown(after) && json_member(before, name) != json_member(after, name);
    }
    rules.force_new.contains(&path)
}

fn same_items(before: &Value, after: &Value) -> bool {
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (before, after) = (items(before), items(after));
    before.len() == after.len() && after.iter().all(|item| before.contains(item))
}

fn refusal(summary: String) -> Diagnostic {
    Diagnostic { severity: ERROR, summary, ..Diagnostic::default() }
}

fn parse<T: Message + Default>(body: &[u8]) -> Result<T, String> {
    T::decode(body).map_err(|error| error.to_string())
}
