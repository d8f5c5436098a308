{{- define "arcpl.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Release and chart in one name, once where they are the same; 52 leaves room for the suffixes below. */}}
{{- define "arcpl.fullname" -}}
{{- $name := include "arcpl.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Cluster-wide objects carry the namespace too: two releases may share a name. */}}
{{- define "arcpl.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "arcpl.fullname" .) }}
{{- end }}

{{- define "arcpl.selectorLabels" -}}
app.kubernetes.io/name: {{ include "arcpl.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "arcpl.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{ include "arcpl.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "arcpl.metadata" -}}
labels:
  {{- include "arcpl.labels" . | nindent 2 }}
{{- with .Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "arcpl.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "arcpl.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "arcpl.leaseNamespace" -}}
{{- default .Release.Namespace .Values.leaderElection.namespace }}
{{- end }}

{{/* One Lease for each shard; the operator names it in the same way. */}}
{{- define "arcpl.leaseName" -}}
{{- $selector := trim .Values.watchLabelSelector }}
{{- ternary "arc-private-link-operator" (printf "arc-private-link-operator-%s" (sha256sum $selector | trunc 8)) (empty $selector) }}
{{- end }}

{{- define "arcpl.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* What the operator does in the namespaces that it watches; each verb is proven used (test/install/rbac.test.ts). */}}
{{- define "arcpl.rules" -}}
- apiGroups: [arcprivatelink.io]
  resources: [arcprivatelinkscopes, arcserverassociations]
  verbs: [get, list, watch, patch]
- apiGroups: [arcprivatelink.io]
  resources: [arcprivatelinkscopes/status, arcserverassociations/status]
  verbs: [patch]
# Where the cluster enforces it (OwnerReferencesPermissionEnforcement), a slice's owner reference needs this.
- apiGroups: [arcprivatelink.io]
  resources: [arcserverassociations/finalizers]
  verbs: [update]
- apiGroups: [arcprivatelink.io]
  resources: [arcserverassociationslices]
  verbs: [list, create, update, delete]
# The Secrets that objects name for their credentials, and the finalizer that keeps them as long as they are needed.
- apiGroups: ['']
  resources: [secrets]
  verbs: [get, list, patch]
# Workload identity of a namespace: a token of its ServiceAccount.
- apiGroups: ['']
  resources: [serviceaccounts/token]
  verbs: [create]
{{- if .Values.rbac.exports }}
# What `spec.exports` of a scope asks for; one that is not the scope's own is never written.
- apiGroups: ['']
  resources: [configmaps]
  verbs: [get, create, update, delete]
{{- end }}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{- define "arcpl.subject" -}}
- kind: ServiceAccount
  name: {{ include "arcpl.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* Mistakes that the schema cannot see end the installation with a sentence. */}}
{{- define "arcpl.validate" -}}
{{- if and (gt (int .Values.replicaCount) 1) (not .Values.leaderElection.enabled) }}
{{- fail "replicaCount: more than one replica needs leaderElection.enabled: true, or two operators would act at once." }}
{{- end }}
{{- if and .Values.azure.workloadIdentity (not .Values.azure.clientId) }}
{{- fail "azure.workloadIdentity: needs azure.clientId, the client id of the identity that trusts this cluster's tokens." }}
{{- end }}
{{- if and .Values.azure.workloadIdentity .Values.azure.credentialsSecret }}
{{- fail "azure.credentialsSecret: cannot be combined with azure.workloadIdentity; choose one." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not (and .Values.metrics.enabled .Values.metrics.service.enabled)) }}
{{- fail "metrics.serviceMonitor.enabled: needs metrics.enabled and metrics.service.enabled." }}
{{- end }}
{{- end }}
