//! ModelService and reflection: what the server tells of itself.

use std::sync::Arc;

use dateline::{
    analyzer,
    domain::{Country, EventType, Limits},
    grpc::proto::{
        self, GetModelRequest, ListLabelsRequest, model_service_client::ModelServiceClient,
    },
};
use prost::Message;
use tokio_stream::once;
use tonic::transport::Channel;

use crate::{
    fake::Fake,
    harness::{Running, settings, within},
};

#[tokio::test]
async fn get_model_tells_the_manifest_and_the_limits() {
    let fake = Arc::new(Fake::new(analyzer::Settings {
        limits: Limits {
            text_bytes: 1000,
            title_bytes: 100,
            id_bytes: 10,
        },
        max_tokens: 77,
        // Smaller than the concurrency of a call, which may not overflow it.
        queue_capacity: 3,
        threads: 1,
        ..analyzer::Settings::default()
    }));
    let running = Running::of(fake, settings()).await;
    let mut client = ModelServiceClient::new(running.channel().await);
    let model = within(client.get_model(GetModelRequest {}))
        .await
        .unwrap()
        .into_inner();
    let solver = |task: proto::Task, solver: &str| proto::TaskSolver {
        task: task as i32,
        solver: solver.into(),
    };
    let expected = proto::GetModelResponse {
        name: "fake".into(),
        version: "1.2.3".into(),
        sha256: "ab".repeat(32),
        taxonomy_version: "9".into(),
        license: "CC0-1.0".into(),
        languages: vec![
            proto::LanguageQuality {
                language: "ar".into(),
                items: 40,
                event_accuracy: Some(0.5),
                ..Default::default()
            },
            proto::LanguageQuality {
                language: "en".into(),
                items: 100,
                event_accuracy: Some(0.75),
                country_accuracy: Some(0.875),
                ..Default::default()
            },
        ],
        limits: Some(proto::Limits {
            max_text_bytes: 1000,
            max_title_bytes: 100,
            max_id_bytes: 10,
            max_batch: 256,
            max_tokens: 77,
            max_stream_concurrency: 3,
            max_batch_bytes: 64 << 20,
        }),
        solvers: vec![
            solver(proto::Task::Country, "head+names"),
            solver(proto::Task::Event, "head"),
            solver(proto::Task::Summary, "extractive"),
        ],
        device: "cpu".into(),
        precision: "f32".into(),
    };
    assert_eq!(model, expected);
}

#[tokio::test]
async fn list_labels_tells_the_whole_taxonomy() {
    let running = Running::start().await;
    let mut client = ModelServiceClient::new(running.channel().await);
    let labels = within(client.list_labels(ListLabelsRequest {}))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(labels.taxonomy_version, dateline::domain::taxonomy::VERSION);

    assert_eq!(labels.event_types.len(), 23);
    for (label, expected) in labels.event_types.iter().zip(EventType::ALL) {
        assert_eq!(label.name, expected.name());
        assert_eq!(
            label.r#type().as_str_name(),
            format!("EVENT_TYPE_{}", label.name)
        );
        assert_eq!(label.definition, expected.definition());
        let corner = label.quad_class() != proto::QuadClass::Unspecified;
        assert_eq!(corner, expected.quad_class().is_some());
        let modes: Vec<_> = expected.modes().iter().map(|m| m.name()).collect();
        assert!(label.modes.iter().map(|m| &m.name).eq(&modes));
        assert!(
            label
                .modes
                .iter()
                .all(|m| m.mode() != proto::Mode::Unspecified)
        );
        let mappings = dateline::domain::taxonomy::mappings(expected);
        assert!(
            label
                .mappings
                .iter()
                .map(|m| &m.code)
                .eq(mappings.iter().map(|m| m.code))
        );
        assert!(
            label
                .mappings
                .iter()
                .all(|m| m.relation() != proto::Relation::Unspecified)
        );
    }

    assert_eq!(labels.countries.len(), Country::all().len());
    let kg = labels.countries.iter().find(|c| c.alpha2 == "KG").unwrap();
    assert_eq!(
        (kg.alpha3.as_str(), kg.name.as_str()),
        ("KGZ", "Kyrgyzstan")
    );
}

/// What a reflection client learns: the services, and the file that has `dateline.v1.Analysis`.
struct Reflected {
    services: Vec<String>,
    file: prost_types::FileDescriptorProto,
}

macro_rules! reflect {
    ($name:ident, $version:ident) => {
        async fn $name(channel: Channel) -> Reflected {
            use tonic_reflection::pb::$version::{
                ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
                server_reflection_request::MessageRequest,
                server_reflection_response::MessageResponse,
            };
            let mut client = ServerReflectionClient::new(channel);
            let mut ask = async |question| {
                let request = ServerReflectionRequest {
                    host: String::new(),
                    message_request: Some(question),
                };
                let call = client.server_reflection_info(once(request));
                let mut answers = within(call).await.unwrap().into_inner();
                let answer = within(answers.message()).await.unwrap().unwrap();
                answer.message_response.unwrap()
            };
            let services = match ask(MessageRequest::ListServices(String::new())).await {
                MessageResponse::ListServicesResponse(list) => {
                    list.service.into_iter().map(|s| s.name).collect()
                }
                other => panic!("{other:?}"),
            };
            let symbol = "dateline.v1.Analysis".to_owned();
            let file = match ask(MessageRequest::FileContainingSymbol(symbol)).await {
                MessageResponse::FileDescriptorResponse(files) => {
                    prost_types::FileDescriptorProto::decode(&*files.file_descriptor_proto[0])
                        .unwrap()
                }
                other => panic!("{other:?}"),
            };
            Reflected { services, file }
        }
    };
}

reflect!(reflect_v1, v1);
reflect!(reflect_v1alpha, v1alpha);

#[tokio::test]
async fn reflection_tells_services_and_messages_in_both_versions() {
    let running = Running::start().await;
    let channel = running.channel().await;
    for reflected in [
        reflect_v1(channel.clone()).await,
        reflect_v1alpha(channel).await,
    ] {
        for service in [
            "dateline.v1.AnalysisService",
            "dateline.v1.ModelService",
            "grpc.health.v1.Health",
        ] {
            assert!(reflected.services.iter().any(|s| s == service), "{service}");
        }
        assert_eq!(reflected.file.name(), "dateline/v1/analysis.proto");
        let analysis = reflected
            .file
            .message_type
            .iter()
            .find(|m| m.name() == "Analysis");
        assert!(
            analysis
                .unwrap()
                .field
                .iter()
                .any(|f| f.name() == "countries")
        );
    }
}
