/** What a service is told when it starts. */
import type { Right } from "@nacre/api";

export interface ServedFolder {
  /** Shown name; the folder's own name where none is given. */
  readonly name: string;
  readonly folder: string;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** What is asked of the provider; "openid profile email" where it is absent. */
  readonly scope?: string;
  /** Claim that holds roles or groups, and which of its values gives which role. */
  readonly claim: string;
  readonly roles: Readonly<Record<string, string>>;
  /** Group to project names; absent: every project. */
  readonly projects?: Readonly<Record<string, readonly string[]>>;
  /** Groups that may see identifiers, and labels. */
  readonly rights?: Readonly<Record<string, readonly string[]>>;
}

export interface DicomSource {
  readonly name: string;
  /** Base of the DICOMweb service: https://host/dicom-web */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServerConfig {
  readonly projects: readonly ServedFolder[];
  /** Where the database and everything the service writes for itself lies. */
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** The address people use, where a proxy stands before the service. */
  readonly publicUrl?: string;
  /** Addresses or networks of proxies on other machines, whose word on the caller's address is believed. */
  readonly proxies?: readonly string[];
  readonly databaseUrl?: string;
  /** s3://bucket/prefix, where workers put features; absent: they see the folders of the service. */
  readonly store?: string;
  readonly oidc?: OidcConfig;
  /** What this machine's own user may see on loopback, where nobody signs in; identifiers where it is absent. */
  readonly localRights?: readonly Right[];
  /** Signing in with tokens is allowed. Bound to another address than loopback, this or `oidc` must be there. */
  readonly tokens: boolean;
  readonly dicomweb: readonly DicomSource[];
  /** Hosts that webhooks may reach; loopback and private addresses only when named here. */
  readonly webhookHosts: readonly string[];
  /** Threads that read tiles. */
  readonly readers: number;
  /** Folder of the built web app; null: interface only. */
  readonly web: string | null;
  /** Longest body of a request in bytes. */
  readonly maxBody: number;
}
