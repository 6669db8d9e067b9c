package io.themis.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.ExecutePlanResponse.ExecutionProgress.StageInfo;
import org.sparkproject.io.grpc.CallOptions;
import org.sparkproject.io.grpc.Channel;
import org.sparkproject.io.grpc.ClientCall;
import org.sparkproject.io.grpc.ClientInterceptor;
import org.sparkproject.io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import org.sparkproject.io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import org.sparkproject.io.grpc.Metadata;
import org.sparkproject.io.grpc.MethodDescriptor;

/** Hears what the server says of a job that goes on: it comes before the rows, and Spark's client, which waits for those, tells nobody. */
final class SparkProgress implements ClientInterceptor {

    private final LongConsumer bytesRead;

    /** By stage: of one that a later job of the query makes use of, the server says nothing again. */
    private final Map<Long, Long> most = new HashMap<>();

    /** @param bytesRead is told how many bytes of files all stages of a job have read by now */
    SparkProgress(LongConsumer bytesRead) {
        this.bytesRead = bytesRead;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> answers, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(answers) {
                            @Override
                            public void onMessage(A answer) {
                                if (answer instanceof ExecutePlanResponse response && response.hasExecutionProgress()) {
                                    add(response.getExecutionProgress().getStagesList());
                                }
                                super.onMessage(answer);
                            }
                        },
                        headers);
            }
        };
    }

    private synchronized void add(List<StageInfo> stages) {
        stages.forEach(stage -> most.merge(stage.getStageId(), stage.getInputBytesRead(), Math::max));
        bytesRead.accept(most.values().stream().mapToLong(Long::longValue).sum());
    }
}
