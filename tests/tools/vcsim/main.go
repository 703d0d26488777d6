// Copyright: (c) 2026, the vcpp.vcloud authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The vCenter of the tests: govmomi's vCenter simulator as a program, with the flags of its own program vcsim.
//
// govmomi's program cannot be had with `go install`: its go.mod replaces the library by the folder above it, which Go
// refuses, and no module proxy has it. The simulator itself is a package of the library, so this is all that is missing.
//
// One thing is added: it ends when its standard input closes (-stdinexit), so whoever started it and was killed leaves
// nothing behind.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/simulator"

	// Each registers the endpoints that a vCenter has beside its SOAP service.
	_ "github.com/vmware/govmomi/lookup/simulator"
	_ "github.com/vmware/govmomi/pbm/simulator"
	_ "github.com/vmware/govmomi/ssoadmin/simulator"
	_ "github.com/vmware/govmomi/sts/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

func main() {
	model := simulator.VPX()
	for name, count := range map[string]*int{
		"dc": &model.Datacenter, "cluster": &model.Cluster, "host": &model.ClusterHost,
		"standalone-host": &model.Host, "ds": &model.Datastore, "vm": &model.Machine, "pool": &model.Pool,
		"folder": &model.Folder, "pg": &model.Portgroup, "app": &model.App, "pod": &model.Pod,
		"nsx": &model.OpaqueNetwork, "delay": &model.DelayConfig.Delay,
	} {
		flag.IntVar(count, name, *count, "number of these, or for -delay milliseconds")
	}
	flag.Float64Var(&model.DelayConfig.DelayJitter, "delay-jitter", 0, "coefficient of variation of all delays")
	methodDelay := flag.String("method-delay", "", "delays of single methods in milliseconds: Name:N,Name:N")
	flag.BoolVar(&model.Autostart, "autostart", model.Autostart, "start the virtual machines of the model")
	listen := flag.String("l", "127.0.0.1:8989", "where to listen; port 0 is a free one")
	environment := flag.String("E", "-", "where to write the line with address and process: a file, a pipe, or -")
	user := flag.String("username", "", "who may log in, or a file with the name; empty: anybody")
	password := flag.String("password", "", "the password, or a file with it")
	certificate := flag.String("tlscert", "", "certificate file; empty: one that is signed by itself")
	key := flag.String("tlskey", "", "key file")
	useTLS := flag.Bool("tls", true, "use TLS")
	esx := flag.Bool("esx", false, "be a standalone ESXi host")
	load := flag.String("load", "", "folder with a saved inventory")
	flag.BoolVar(&simulator.Trace, "trace", false, "write down SOAP messages")
	traceFile := flag.String("trace-file", "", "where to; empty: standard error")
	stdinExit := flag.Bool("stdinexit", false, "end when standard input closes")
	flag.Parse()

	if *esx {
		host := simulator.ESX()
		host.Datastore, host.Machine, host.Autostart = model.Datastore, model.Machine, model.Autostart
		host.DelayConfig = model.DelayConfig
		model = host
	}
	if *methodDelay != "" {
		delays := make(map[string]int)
		for _, one := range strings.Split(*methodDelay, ",") {
			name, text, _ := strings.Cut(strings.TrimSpace(one), ":")
			milliseconds, err := strconv.Atoi(text)
			must(err)
			delays[name] = milliseconds
		}
		model.DelayConfig.MethodDelay = delays
		simulator.TaskDelay.MethodDelay = delays
	}
	if *traceFile != "" {
		file, err := os.Create(*traceFile)
		must(err)
		simulator.Trace, simulator.TraceFile = true, file
	}

	model.ServiceContent.About.FullName += " (govmomi simulator)"
	if *load != "" {
		must(model.Load(*load))
	} else {
		must(model.Create())
	}
	service := model.Service
	service.RegisterEndpoints = true
	service.ServeMux = http.NewServeMux()
	service.Listen = &url.URL{Host: *listen}
	if *user != "" {
		service.Listen.User = url.UserPassword(secret(*user), secret(*password))
	}
	if *useTLS {
		service.TLS = new(tls.Config)
		if *certificate != "" {
			pair, err := tls.LoadX509KeyPair(*certificate, *key)
			must(err)
			service.TLS.Certificates = []tls.Certificate{pair}
		}
	}
	server := service.NewServer()

	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	if *stdinExit {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			ended <- syscall.SIGTERM
		}()
	}
	announce(*environment, fmt.Sprintf("export GOVC_URL=%s GOVC_SIM_PID=%d\n", server.URL, os.Getpid()))
	<-ended
	// Removes the folders that stood for the datastores.
	model.Remove()
}

// announce writes the line that says where the server listens, now that it does.
func announce(place string, line string) {
	if place == "-" {
		fmt.Print(line)
		return
	}
	file, err := os.OpenFile(place, os.O_WRONLY|os.O_CREATE, 0o600)
	must(err)
	_, err = file.WriteString(line)
	must(err)
	must(file.Close())
}

// secret returns a value, or the content of the file that it names.
func secret(value string) string {
	read, err := session.Secret(value)
	must(err)
	return read
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
