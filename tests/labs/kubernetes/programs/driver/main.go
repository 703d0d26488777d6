// Copyright: (c) 2026, the vcpp.vcloud authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Where ceph-csi itself was not built, this serves its Deployment: the controller service of a CSI driver for RBD, which
// makes, grows and deletes images with Ceph's own programs. It reads the same config.json, Secrets and parameters, and
// calls volumes and images as ceph-csi does (contract 5.2), so that everything around it can be proved on any machine;
// tests/e2e/test_kubernetes_chain.py holds both to the same. Unlike ceph-csi it notes nothing in the pool: an image's name
// follows from its volume's. Snapshots, clones and encryption it refuses.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	configFile = "/etc/ceph-csi-config/config.json"
	keyFolder  = "/tmp/csi/keys"
	mebibyte   = 1 << 20
	gibibyte   = 1 << 30
)

// Flags of ceph-csi's controller that change nothing here. One that ceph-csi does not know ends this program as well.
var others = []string{"type", "nodeid", "csi-addons-endpoint", "v", "pidlimit", "rbdhardmaxclonedepth",
	"rbdsoftmaxclonedepth", "setmetadata", "instanceid", "logslowopinterval"}

type driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedControllerServer
	name string
}

// pool is a pool, as a user of Ceph reaches it.
type pool struct {
	number  int64
	name    string
	options []string
}

// run calls a program of Ceph. What it says last is the reason where it fails; what is not there is os.ErrNotExist.
func run(ctx context.Context, program string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, arguments...)
	var said strings.Builder
	command.Stderr = &said
	found, err := command.Output()
	if err == nil {
		return found, nil
	}
	if ended := new(exec.ExitError); errors.As(err, &ended) && ended.ExitCode() == 2 {
		return nil, os.ErrNotExist
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	return nil, status.Errorf(codes.Internal, "%s: %s (%s)", program, lines[len(lines)-1], err)
}

// open finds a cluster in config.json and a pool in it by name or number, and lays the key down until close is called.
func open(ctx context.Context, cluster, name string, number int64, secrets map[string]string) (*pool, func(), error) {
	var known []struct {
		ClusterID string   `json:"clusterID"`
		Monitors  []string `json:"monitors"`
	}
	text, err := os.ReadFile(configFile)
	if err == nil {
		err = json.Unmarshal(text, &known)
	}
	if err != nil {
		return nil, nil, status.Errorf(codes.Internal, "%s: %s", configFile, err)
	}
	if secrets["userID"] == "" || secrets["userKey"] == "" {
		return nil, nil, status.Error(codes.InvalidArgument, "the secret has no userID or no userKey")
	}
	for _, one := range known {
		if one.ClusterID != cluster {
			continue
		}
		key, err := os.CreateTemp(keyFolder, "keyfile-")
		if err != nil {
			return nil, nil, status.Error(codes.Internal, err.Error())
		}
		end := func() { os.Remove(key.Name()) }
		_, err = key.WriteString(secrets["userKey"])
		if err = errors.Join(err, key.Close()); err != nil {
			end()
			return nil, nil, status.Error(codes.Internal, err.Error())
		}
		reached := []string{"--id", secrets["userID"], "--keyfile", key.Name(), "-m", strings.Join(one.Monitors, ",")}
		found, err := find(ctx, reached, name, number)
		if err != nil {
			end()
		}
		return found, end, err
	}
	return nil, nil, status.Errorf(codes.InvalidArgument, "missing configuration for cluster ID %q", cluster)
}

// find asks the cluster for a pool by its name, or by its number where the name is empty.
func find(ctx context.Context, reached []string, name string, number int64) (*pool, error) {
	text, err := run(ctx, "ceph", append(reached, "--connect-timeout", "60", "osd", "lspools", "--format", "json")...)
	if err != nil {
		return nil, err
	}
	var pools []struct {
		Poolnum  int64  `json:"poolnum"`
		Poolname string `json:"poolname"`
	}
	if err := json.Unmarshal(text, &pools); err != nil {
		return nil, status.Errorf(codes.Internal, "ceph osd lspools: %s", err)
	}
	for _, one := range pools {
		if one.Poolname == name || name == "" && one.Poolnum == number {
			return &pool{one.Poolnum, one.Poolname, reached}, nil
		}
	}
	return nil, status.Errorf(codes.NotFound, "pool not found: %s%d", name, number)
}

// rbd calls rbd for an image of the pool.
func (p *pool) rbd(ctx context.Context, verb, image string, arguments ...string) ([]byte, error) {
	return run(ctx, "rbd", append(append(append([]string{}, p.options...), verb, p.name+"/"+image), arguments...)...)
}

// image is the name of the image with an identity, whatever it begins with; empty where there is none.
func (p *pool) image(ctx context.Context, identity string) (string, error) {
	text, err := run(ctx, "rbd", append(append([]string{}, p.options...), "ls", p.name, "--format", "json")...)
	if err != nil {
		return "", err
	}
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return "", status.Errorf(codes.Internal, "rbd ls: %s", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, identity) {
			return name, nil
		}
	}
	return "", nil
}

// size is what was asked for in whole mebibytes, and 1 GiB where nothing was.
func size(wanted *csi.CapacityRange) (bytes int64, option string) {
	bytes = wanted.GetRequiredBytes()
	if bytes == 0 {
		bytes = gibibyte
	}
	mebibytes := (bytes + mebibyte - 1) / mebibyte
	return mebibytes * mebibyte, fmt.Sprintf("%dM", mebibytes)
}

func (d *driver) CreateVolume(ctx context.Context, request *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	wanted := request.GetParameters()
	if request.GetVolumeContentSource() != nil || wanted["encrypted"] == "true" {
		return nil, status.Error(codes.Unimplemented, "this driver makes empty volumes that are not encrypted")
	}
	cluster := wanted["clusterID"]
	if cluster == "" || wanted["pool"] == "" || request.GetName() == "" {
		return nil, status.Error(codes.InvalidArgument, "clusterID, pool and the name of the volume are needed")
	}
	p, end, err := open(ctx, cluster, wanted["pool"], 0, request.GetSecrets())
	if err != nil {
		return nil, err
	}
	defer end()
	// A call that is repeated finds what the first one has made.
	identity := uuid.NewSHA1(uuid.NameSpaceOID, []byte(cluster+request.GetName())).String()
	bytes, option := size(request.GetCapacityRange())
	image, err := p.image(ctx, identity)
	if err != nil {
		return nil, err
	}
	if image == "" {
		image = "csi-vol-" + identity
		if prefix := wanted["volumeNamePrefix"]; prefix != "" {
			image = prefix + identity
		}
		arguments := []string{"--size", option}
		for _, feature := range strings.Split(wanted["imageFeatures"], ",") {
			if feature != "" {
				arguments = append(arguments, "--image-feature", feature)
			}
		}
		if _, err := p.rbd(ctx, "create", image, arguments...); err != nil {
			return nil, err
		}
	}
	about := map[string]string{"imageName": image}
	for name, value := range wanted {
		if !strings.HasPrefix(name, "csi.storage.k8s.io/") {
			about[name] = value
		}
	}
	handle := fmt.Sprintf("0001-%04x-%s-%016x-%s", len(cluster), cluster, p.number, identity)
	log.Printf("made image %s/%s for %s", p.name, image, request.GetName())
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{CapacityBytes: bytes, VolumeId: handle, VolumeContext: about}}, nil
}

// at opens the pool that a handle names; the image's name is empty where it is gone.
func at(ctx context.Context, handle string, secrets map[string]string) (*pool, string, func(), error) {
	var length int
	var number int64
	// Version, length of the cluster's name, that name, number of the pool, identity.
	if _, err := fmt.Sscanf(handle, "0001-%04x-", &length); err != nil || len(handle) != 10+length+1+16+1+36 {
		return nil, "", nil, status.Errorf(codes.InvalidArgument, "%q is no handle of this driver", handle)
	}
	if _, err := fmt.Sscanf(handle[11+length:27+length], "%016x", &number); err != nil {
		return nil, "", nil, status.Errorf(codes.InvalidArgument, "%q names no pool", handle)
	}
	p, end, err := open(ctx, handle[10:10+length], "", number, secrets)
	if err != nil {
		return nil, "", nil, err
	}
	image, err := p.image(ctx, handle[28+length:])
	if err != nil {
		end()
	}
	return p, image, end, err
}

func (d *driver) DeleteVolume(ctx context.Context, request *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	p, image, end, err := at(ctx, request.GetVolumeId(), request.GetSecrets())
	if err != nil {
		return nil, err
	}
	defer end()
	if image != "" {
		if _, err := p.rbd(ctx, "rm", image, "--no-progress"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		log.Printf("deleted image %s/%s", p.name, image)
	}
	return &csi.DeleteVolumeResponse{}, nil
}

func (d *driver) ControllerExpandVolume(ctx context.Context, request *csi.ControllerExpandVolumeRequest) (*csi.ControllerExpandVolumeResponse, error) {
	p, image, end, err := at(ctx, request.GetVolumeId(), request.GetSecrets())
	if err != nil {
		return nil, err
	}
	defer end()
	if image == "" {
		return nil, status.Errorf(codes.NotFound, "the image of %s is not in the pool", request.GetVolumeId())
	}
	bytes, option := size(request.GetCapacityRange())
	if _, err := p.rbd(ctx, "resize", image, "--size", option, "--no-progress"); err != nil {
		return nil, err
	}
	// The file system grows where the volume is mounted.
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: bytes, NodeExpansionRequired: true}, nil
}

func (d *driver) ValidateVolumeCapabilities(_ context.Context, request *csi.ValidateVolumeCapabilitiesRequest) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	return &csi.ValidateVolumeCapabilitiesResponse{Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
		VolumeCapabilities: request.GetVolumeCapabilities()}}, nil
}

func (d *driver) ControllerGetCapabilities(context.Context, *csi.ControllerGetCapabilitiesRequest) (*csi.ControllerGetCapabilitiesResponse, error) {
	answer := &csi.ControllerGetCapabilitiesResponse{}
	for _, kind := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME, csi.ControllerServiceCapability_RPC_EXPAND_VOLUME} {
		answer.Capabilities = append(answer.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: kind}}})
	}
	return answer, nil
}

func (d *driver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: d.name, VendorVersion: "lab"}, nil
}

func (d *driver) GetPluginCapabilities(context.Context, *csi.GetPluginCapabilitiesRequest) (*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{Capabilities: []*csi.PluginCapability{
		{Type: &csi.PluginCapability_Service_{Service: &csi.PluginCapability_Service{
			Type: csi.PluginCapability_Service_CONTROLLER_SERVICE}}},
		{Type: &csi.PluginCapability_VolumeExpansion_{VolumeExpansion: &csi.PluginCapability_VolumeExpansion{
			Type: csi.PluginCapability_VolumeExpansion_ONLINE}}},
	}}, nil
}

func (d *driver) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{Ready: wrapperspb.Bool(true)}, nil
}

func main() {
	name := flag.String("drivername", "rbd.csi.ceph.com", "name of the driver")
	endpoint := flag.String("endpoint", "unix:///csi/csi.sock", "where to listen")
	controller := flag.Bool("controllerserver", false, "serve volumes; nothing else is done here")
	flag.Bool("enableprofiling", false, "without effect")
	for _, other := range others {
		flag.String(other, "", "without effect")
	}
	flag.Parse()
	if !*controller || !strings.HasPrefix(*endpoint, "unix://") {
		log.Fatal("this driver is a controller on a Unix socket, and nothing else")
	}
	listener, err := net.Listen("unix", strings.TrimPrefix(*endpoint, "unix://"))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	served := &driver{name: *name}
	csi.RegisterIdentityServer(server, served)
	csi.RegisterControllerServer(server, served)
	log.Printf("%s is served at %s", *name, *endpoint)
	log.Fatal(server.Serve(listener))
}
